import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { MUTANTS } from './mutants.ts'
import { type Verdict, World } from './world.ts'

const HELP = `Simulates cores, edge and clients on a virtual clock, network and disk, a world for each seed.

  node test/simulation/run.ts --seeds 100000 [--from N] [--jobs N]   many worlds
  node test/simulation/run.ts --seed N                               one, with its trace
  node test/simulation/run.ts --mutants                              the first seed that finds each planted bug
`
/** Within so many seeds each mutant is found. */
const MUTANT_SEEDS = 1000
/** Of a failing seed so much of the trace is shown at once. */
const TRACE_LINES = 60

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

// From a plain callback: inside a promise, the promises of a world could not be run to their end.
setImmediate(() => {
  const [from, seeds, jobs] = [Number(values.from), Number(values.seeds), Number(values.jobs)]
  if (values.help) console.log(HELP)
  else if (values.mutants) huntMutants()
  else if (values.seed !== undefined) showSeed(Number(values.seed))
  else if (jobs > 1) shareSeeds(from, seeds, jobs)
  else runSeeds(from, seeds)
})

/** The machine's; those of a process that simulates are the world's. */
const wallClock = performance.now.bind(performance)

/** What many worlds came to. */
interface Totals {
  seeds: number
  failed: number[]
  events: number
  messages: number
  gaps: number
  simulatedHours: number
}

function runSeeds(from: number, count: number): void {
  const totals: Totals = { seeds: 0, failed: [], events: 0, messages: 0, gaps: 0, simulatedHours: 0 }
  const startedAt = wallClock()
  for (let seed = from; seed < from + count; seed++) {
    const verdict = new World(seed, { trace: false }).run()
    totals.seeds++
    totals.events += verdict.events
    totals.messages += verdict.messages
    totals.gaps += verdict.gaps
    totals.simulatedHours += verdict.simulatedMs / 3_600_000
    if (verdict.breaches.length === 0) continue
    totals.failed.push(seed)
    if (totals.failed.length === 1) showEnd(new World(seed, { trace: true }).run())
  }
  if (process.send) process.send(totals)
  else report(totals, startedAt)
}

/** The worlds are independent of each other, so each processor has its part of them. */
function shareSeeds(from: number, count: number, jobs: number): void {
  const startedAt = wallClock()
  const all: Totals = { seeds: 0, failed: [], events: 0, messages: 0, gaps: 0, simulatedHours: 0 }
  let running = jobs
  for (let job = 0; job < jobs; job++) {
    const begin = from + Math.floor((count * job) / jobs)
    const end = from + Math.floor((count * (job + 1)) / jobs)
    const child = fork(import.meta.filename, ['--from', String(begin), '--seeds', String(end - begin), '--jobs', '1'])
    child.on('message', (part: Totals) => {
      all.seeds += part.seeds
      all.failed.push(...part.failed)
      all.events += part.events
      all.messages += part.messages
      all.gaps += part.gaps
      all.simulatedHours += part.simulatedHours
    })
    child.on('exit', (code) => {
      if (code !== 0) process.exitCode = 1
      if (--running === 0) report(all, startedAt)
    })
  }
}

function report({ seeds, failed, events, messages, gaps, simulatedHours }: Totals, startedAt: number): void {
  const seconds = (wallClock() - startedAt) / 1000
  const rate = (seeds / seconds).toFixed(0)
  console.log(
    `${seeds} seeds in ${seconds.toFixed(1)} s (${rate} seeds/s): ${simulatedHours.toFixed(1)} simulated hours, ${events} events, ${messages} messages, ${gaps} gaps; ${failed.length} failed`,
  )
  if (failed.length === 0) return
  console.log(`failed: ${failed.slice(0, 20).join(' ')}; the whole trace: node test/simulation/run.ts --seed ${failed[0]}`)
  process.exitCode = 1
}

function showEnd({ seed, trace, breaches }: Verdict): void {
  console.log(`seed ${seed}, the last of its ${trace.length} events:\n${trace.slice(-TRACE_LINES).join('\n')}`)
  for (const breach of breaches) console.log(`seed ${seed}: ${breach}`)
}

function showSeed(seed: number): void {
  const { trace, breaches } = new World(seed, { trace: true }).run()
  console.log(trace.join('\n'))
  for (const breach of breaches) console.log(`seed ${seed}: ${breach}`)
  if (breaches.length > 0) process.exitCode = 1
}

function huntMutants(): void {
  for (const { name, wiring, plant } of MUTANTS) {
    const mend = plant()
    const found = firstBreach(wiring)
    mend()
    if (!found) process.exitCode = 1
    console.log(found ? `${name}: found by seed ${found.seed}: ${found.breaches[0]}` : `${name}: NOT FOUND within ${MUTANT_SEEDS} seeds`)
  }
}

function firstBreach(wiring: (typeof MUTANTS)[number]['wiring']): Verdict | undefined {
  for (let seed = 0; seed < MUTANT_SEEDS; seed++) {
    const verdict = new World(seed, { trace: false, wiring }).run()
    if (verdict.breaches.length > 0) return verdict
  }
  return undefined
}
