import type { DeviceClassName } from '../../client/device-class.ts'
import { Random } from './random.ts'
import { CLIENT_DOORS, type ClientDoor, type ClientTraits } from './simulated-client.ts'

/** What a world is made of and what is done in it, drawn from the seed before it begins. */
export interface Plan {
  readonly clients: readonly ClientTraits[]
  readonly chaosMs: number
  readonly messages: number
  readonly largestBytes: number
  /** Messages of a burst to one client that reads slowly; 0 for none. */
  readonly burst: number
  readonly burstMs: number
  readonly burstBytes: number
  readonly faults: number
  /** When a backup is made, and when the core crashes and it is put in place; undefined for never. */
  readonly restore: { readonly madeAtMs: number; readonly usedAtMs: number } | undefined
  readonly fsyncMs: readonly [number, number]
  readonly ackTimeoutMs: number
  readonly heartbeatTimeoutMs: number
}

const CLASSES: readonly DeviceClassName[] = ['phone', 'desktop', 'web', 'tablet']

export function drawPlan(seed: number, doors: readonly ClientDoor[] = CLIENT_DOORS): Plan {
  const random = new Random(seed ^ 0x5eed)
  const users = 2 + random.below(2)
  const clients: ClientTraits[] = []
  for (let i = 0; i < users; i++) {
    const user = `u${i}`
    const devices = random.pick([1, 1, 2, 2, 3])
    for (let j = 0; j < devices; j++) {
      clients.push({ name: `${user}-${j}`, user, deviceClass: CLASSES[j] as DeviceClassName, door: random.pick(doors) })
    }
  }
  const kind = random.next()
  const isCrowd = kind < 0.03
  const isHeavy = kind > 0.95
  const chaosMs = random.spread(1_000, 30_000)
  const madeAtMs = random.between(0, chaosMs)
  return {
    clients,
    chaosMs,
    messages: random.below(30) + 4,
    largestBytes: random.chance(0.2) ? 20_000 : 300,
    burst: isCrowd ? 300 : isHeavy ? 24 : random.chance(0.2) ? 40 : 0,
    burstMs: Math.min(random.spread(50, 8_000), chaosMs / 2),
    burstBytes: isHeavy ? 60_000 : 20,
    faults: random.below(10),
    restore: random.chance(0.1) ? { madeAtMs, usedAtMs: random.between(madeAtMs, chaosMs) } : undefined,
    fsyncMs: random.pick([
      [0.1, 4],
      [1, 50],
      [5, 1500],
    ]),
    ackTimeoutMs: random.spread(1_000, 30_000),
    heartbeatTimeoutMs: Math.round(random.spread(2_000, 20_000)),
  }
}
