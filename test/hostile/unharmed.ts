import { expect } from 'vitest'
import { MIB } from '../support/process-memory.ts'
import type { Neighbour } from './neighbour.ts'

/**
 * The neighbour's median under attack stays below twenty times its calm one, or below this
 * where that is more: wide enough for a machine that is busy with other tests, and far
 * below what a core that is stopped or starved would show.
 */
const ALWAYS_FINE_MS = 200
const TIMES = 20

/** Attacks while the neighbour works; the core may grow by so much at most. Prints what was measured. */
export async function expectUnharmed(what: string, neighbour: Neighbour, maxGrowthMib: number, attack: () => Promise<void>): Promise<void> {
  const { calm, attacked, worst, roundTrips, growth } = await neighbour.watch(attack)
  const ms = (value: number) => value.toFixed(1)
  console.log(
    `${what}: PING ${ms(calm.ping)} -> ${ms(attacked.ping)} ms (worst ${ms(worst.ping)}), SEND ${ms(calm.send)} -> ${ms(attacked.send)} ms (worst ${ms(worst.send)}), ${roundTrips} round trips, core +${(growth / MIB).toFixed(1)} MiB`,
  )
  expect(attacked.ping, 'median of PING under attack').toBeLessThan(Math.max(ALWAYS_FINE_MS, TIMES * calm.ping))
  expect(attacked.send, 'median of SEND under attack').toBeLessThan(Math.max(ALWAYS_FINE_MS, TIMES * calm.send))
  expect(growth / MIB, 'growth of the core in MiB').toBeLessThan(maxGrowthMib)
}
