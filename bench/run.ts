/**
 * The benchmarks: servers beside each other, in one run, on this machine.
 *
 *   npx node bench/run.ts --workload one-to-one
 *
 * Writes <workload>.json, .md and .svg into bench/results, or into test-output/bench where it
 * measures only a part. bench/README.md says more.
 */
import { parseArgs } from 'node:util'
import { machine } from './measure/machine.ts'
import { topFunctions } from './report/profile.ts'
import type { Result } from './report/result.ts'
import { writeResult } from './report/write.ts'
import { describe, runRounds } from './rounds.ts'
import type { Workload } from './workloads/workload.ts'
import { WORKLOADS } from './workloads/workloads.ts'

const HELP = `Usage: npx node bench/run.ts [--workload <name,…|all>] [--peers <name,…>] [--cases <text,…>] [--rounds N] [--quick] [--out <folder>]

Workloads: ${WORKLOADS.map(({ name }) => name).join(', ')}
Peers: ${[...new Set(WORKLOADS.flatMap(({ peers }) => peers.map(({ name }) => name)))].join(', ')}
--cases takes those whose name has one of the texts in it, such as 500x10.
--out is bench/results by default, or test-output/bench where only a part is measured.
--quick measures fewer cases for a shorter time, to see that all works.
--profile <folder> writes CPU profiles of Hawser's threads there, and prints where their time went.
--core <folder> measures the core of another checkout, to compare before and after a change.
`

const { values } = parseArgs({
  options: {
    workload: { type: 'string', default: 'all' },
    peers: { type: 'string', default: '' },
    cases: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
    profile: { type: 'string' },
    core: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const folder = (name: string): string => new URL(name, import.meta.url).pathname
const isWhole = !(values.quick || values.peers || values.cases || values.core || values.profile)
const out = values.out ?? folder(isWhole ? 'results' : '../test-output/bench')
const list = (text: string): string[] => text.split(',').filter(Boolean)

function repeatable(workload: Workload, rounds: number): string {
  const { quick, peers, cases, core } = values
  const rest = [quick ? ' --quick' : '', peers && ` --peers ${peers}`, cases && ` --cases '${cases}'`, core ? ' --core …' : '']
  return `npx node bench/run.ts --workload ${workload.name} --rounds ${rounds}${rest.join('')}`
}

/** Undefined where nothing of it is asked for. */
async function run(workload: Workload): Promise<Result | undefined> {
  const { profile, core, quick } = values
  const rounds = Math.min(Number(values.rounds), workload.maxRounds ?? Number.POSITIVE_INFINITY)
  const names = list(values.peers)
  const texts = list(values.cases)
  const peers = workload.peers.filter(({ name }) => names.length === 0 || names.includes(name))
  const offered = quick ? workload.quickCases : workload.cases
  const cases = offered.filter(({ name }) => texts.length === 0 || texts.some((text) => name.includes(text)))
  if (peers.length === 0 || cases.length === 0) return undefined
  const progress = (line: string): void => console.error(line)
  const found = await runRounds(workload, { rounds, peers, cases, progress, quick, profile, core })
  return {
    workload: workload.name,
    title: workload.title,
    about: workload.about,
    takenAt: new Date().toISOString(),
    command: repeatable(workload, rounds),
    machine: machine(),
    figures: workload.figures,
    peers: peers.map(describe),
    subject: workload.subject,
    cases: found,
  }
}

if (values.help) process.stdout.write(HELP)
else {
  const names = values.workload === 'all' ? WORKLOADS.map(({ name }) => name) : list(values.workload)
  for (const name of names) {
    const workload = WORKLOADS.find((each) => each.name === name)
    if (!workload) throw new Error(`there is no workload ${name}\n${HELP}`)
    const result = await run(workload)
    if (result) console.log(writeResult(result, out))
  }
  if (values.profile) console.log(topFunctions(values.profile))
}
