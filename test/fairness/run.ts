/**
 * Whether anybody can harm anybody else: for each command and each query, 50 sessions of one user do it
 * with the largest legal arguments as often as all limits allow, while three others send messages
 * by TCP, WebSocket and edge.
 *
 *   npx node test/fairness/run.ts [--seconds 4] [--only <text>] [--door tcp|edge] [--costs]
 *
 * Fails where a bystander's p99 is more than twice its undisturbed value (and than FLOOR_MS, below which the
 * machine's own noise decides) or more than 100 ms, where the core grows by more than 64 MiB, or
 * where a bystander sends nothing. With --costs it lifts all limits instead, and prints the dearest ten operations by CPU of
 * the core.
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
    costs: { type: 'boolean', default: false },
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
const WITHOUT_LIMIT = '1000000000'
const UNLIMITED = {
  HAWSER_USER_MILLISECONDS_PER_SECOND: WITHOUT_LIMIT,
  HAWSER_USER_READ_MILLISECONDS_PER_SECOND: WITHOUT_LIMIT,
}

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
if (values.costs) await showCosts()
else await playAll()

async function playAll(): Promise<void> {
  const arena = await Arena.open(values.door === 'edge' ? 'edge' : 'tcp')
  const failed: string[] = []
  try {
    console.log(`${''.padEnd(46)}  each second                           p99, undisturbed and then`)
    console.log(`${'operation'.padEnd(46)}   done limited refused closed            tcp             ws           edge   MiB`)
    for (const { name } of attacks) {
      const calm = await arena.calm(CALM_SECONDS)
      const observed = await arena.attack({ attack: name, seconds: SECONDS })
      const found = faults(observed, calm)
      if (found.length > 0) failed.push(`${name}: ${found.join(', ')}`)
      console.log(row(name, observed, calm) + (found.length > 0 ? '  FAILED' : ''))
    }
  } finally {
    await arena.close()
  }
  for (const failure of failed) console.log(`FAILED ${failure}`)
  console.log(`${attacks.length - failed.length} passed, ${failed.length} failed`)
  process.exitCode = failed.length > 0 ? 1 : 0
}

function row(name: string, { outcome, latencies, growth }: Observed, calm: Latencies): string {
  const { answered, limited, refused, closed, sent } = outcome
  const done = answered + refused || sent
  const counts = [done / SECONDS, limited / SECONDS, refused / SECONDS, closed].map((count) => count.toFixed(0).padStart(7)).join('')
  const times = DOORS.map((door) => figure(p99(calm, door)) + figure(p99(latencies, door))).join(' ')
  return `${name.padEnd(46)}${counts} ${times} ${(growth / MIB).toFixed(0).padStart(5)}`
}

/** What each operation costs where nothing limits it: of the CPU of the core's process what bystanders and rest take is taken off. */
async function showCosts(): Promise<void> {
  const arena = await Arena.open('tcp', UNLIMITED)
  const costs: { name: string; cpu: number; done: number }[] = []
  try {
    const idle = (await arena.attack({ attack: 'PING', seconds: SECONDS })).cpuMs
    for (const { name } of attacks) {
      const { outcome, cpuMs } = await arena.attack({ attack: name, seconds: SECONDS, waits: true })
      const done = Math.max(1, outcome.answered + outcome.refused || outcome.sent)
      costs.push({ name, done, cpu: Math.max(0, cpuMs - idle) / done })
    }
  } finally {
    await arena.close()
  }
  console.log(`Milliseconds of CPU of the core for each, the dearest first:`)
  for (const { name, cpu, done } of costs.toSorted((a, b) => b.cpu - a.cpu).slice(0, DEAREST)) {
    console.log(`${cpu.toFixed(3).padStart(9)}  ${name} (${done} of them)`)
  }
}
