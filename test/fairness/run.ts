/**
 * Whether anybody can harm anybody else: for each command and each query, 50 sessions of one user do it
 * with the largest legal arguments as often as all limits allow, while three others send messages
 * by TCP, WebSocket and edge.
 *
 *   npx node test/fairness/run.ts [--seconds 4] [--only <text>] [--door tcp|edge]
 *
 * Fails where a bystander's p99 is more than twice its undisturbed value (and than FLOOR_MS, below which the
 * machine's own noise decides) or more than 100 ms, where the core grows by more than 64 MiB, or
 * where a bystander sends nothing. Prints the dearest operations by CPU of the core.
 */
import { parseArgs } from 'node:util'
import { MIB } from '../support/process-memory.ts'
import { Arena, type Latencies, type Observed } from './arena.ts'
import { ATTACKS } from './attacks.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
    door: { type: 'string', default: 'tcp' },
  },
})
const SECONDS = Number(values.seconds)
/** What is undisturbed is measured anew before each attack: the machine has other work, too. */
const CALM_SECONDS = 2
const MOST_MS = 100
const FLOOR_MS = 20
const MOST_GROWTH = 64 * MIB
const DOORS = ['tcp', 'ws', 'edge'] as const
const DEAREST = 10

const quantile = (values: readonly number[] = [], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN
const p99 = (latencies: Latencies, door: string): number => quantile(latencies[door], 0.99)
const figure = (value: number): string => value.toFixed(1).padStart(7)

function faults({ latencies, growth }: Observed, calm: Latencies): string[] {
  const found = DOORS.flatMap((door) => {
    const now = p99(latencies, door)
    if (Number.isNaN(now)) return [`${door} sent nothing`]
    const most = Math.min(MOST_MS, Math.max(2 * p99(calm, door), FLOOR_MS))
    return now > most ? [`${door} p99 ${now.toFixed(0)} > ${most.toFixed(0)} ms`] : []
  })
  return growth > MOST_GROWTH ? [...found, `+${(growth / MIB).toFixed(0)} MiB`] : found
}

const attacks = ATTACKS.filter(({ name }) => name.includes(values.only))
const arena = await Arena.open(values.door === 'edge' ? 'edge' : 'tcp')
const costs: { name: string; cpu: number }[] = []
const failed: string[] = []
try {
  console.log(`${''.padEnd(46)}  each second                                 p99, undisturbed and then`)
  console.log(`${'operation'.padEnd(46)}   done limited refused closed CPU ms each            tcp             ws           edge   MiB`)
  for (const { name } of attacks) {
    const calm = await arena.calm(CALM_SECONDS)
    const observed = await arena.attack({ attack: name, seconds: SECONDS })
    const { outcome, latencies, cpuMs, growth } = observed
    const done = outcome.answered + outcome.refused || outcome.sent
    const cpu = cpuMs / Math.max(done, 1)
    costs.push({ name, cpu })
    const found = faults(observed, calm)
    if (found.length > 0) failed.push(`${name}: ${found.join(', ')}`)
    const counts = [done / SECONDS, outcome.limited / SECONDS, outcome.refused / SECONDS, outcome.closed]
    console.log(
      `${name.padEnd(46)} ${counts.map((count) => count.toFixed(0).padStart(6)).join(' ')} ${cpu.toFixed(3).padStart(9)} ${DOORS.map((door) => figure(p99(calm, door)) + figure(p99(latencies, door))).join(' ')} ${(growth / MIB).toFixed(0).padStart(5)} ${found.length > 0 ? '  FAILED' : ''}`,
    )
  }
} finally {
  await arena.close()
}
console.log(`\nThe dearest by CPU of the core, in milliseconds each:`)
for (const { name, cpu } of costs.toSorted((a, b) => b.cpu - a.cpu).slice(0, DEAREST)) console.log(`${cpu.toFixed(3).padStart(9)}  ${name}`)
for (const failure of failed) console.log(`FAILED ${failure}`)
console.log(`${attacks.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length > 0 ? 1 : 0
