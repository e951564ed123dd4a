import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fillLog, numberedPair, type PairOf } from '../fill-log.ts'
import { LoadProcess } from '../load/load-process.ts'
import type { PagesPhase, PagesResult } from '../load/pages.ts'
import type { SendingPhase } from '../load/sending.ts'
import type { PhaseResult } from '../load/tally.ts'
import { rssBytes } from '../measure/processes.ts'
import { hawser } from '../peers/hawser.ts'
import { LATENCIES, LOAD, LOAD_NOTE, LOSSES } from './figures.ts'
import { withServer } from './with-server.ts'
import type { Case, Context, Sample, Workload } from './workload.ts'

const BYTES = 128
/** Under way in all: 500 pairs with 10 each, or as many for fewer pairs as a session's window allows. */
const PAIRS = 500
const WINDOW = 10

type Growth =
  | { readonly kind: 'stored'; readonly messages: number; readonly conversations: number }
  | { readonly kind: 'conversations'; readonly pairs: number; readonly window: number; readonly spread: number }
  | { readonly kind: 'group'; readonly members: number; readonly window: number }
  | { readonly kind: 'page'; readonly depth: number; readonly limit: number }
type GrowthCase = Case & Growth

/** Of the conversation that pages are read of. */
const DEEP = 1_000_000
const SPAN = 10_000
const ONLINE = 100

const stored = (messages: number): GrowthCase => ({
  name: `${messages} stored`,
  kind: 'stored',
  messages,
  conversations: Math.min(100_000, messages / 2),
})
const conversations = (pairs: number, window: number, spread: number): GrowthCase => ({
  name: `${pairs * spread} conversations`,
  kind: 'conversations',
  pairs,
  window,
  spread,
})
const group = (members: number, window: number): GrowthCase => ({ name: `group of ${members}`, kind: 'group', members, window })
const page = (depth: number): GrowthCase => ({ name: `page after ${depth}`, kind: 'page', depth, limit: 50 })

/** The log that a case begins with: filled once in a run, and copied. */
async function prepare(name: string, messages: number, pairOf: PairOf, { folder, shared, core }: Context): Promise<void> {
  const filled = join(shared, name)
  if (!existsSync(filled)) {
    mkdirSync(filled)
    await fillLog(join(filled, 'log.sqlite'), messages, pairOf, core)
  }
  cpSync(filled, join(folder, 'data'), { recursive: true })
  // Else the first fsync of the core that is measured waits for gigabytes of the copy.
  spawnSync('sync')
}

/** The load's pairs come first, then others, each with as many messages. */
function pairOfStored(messages: number, count: number): PairOf {
  const each = messages / count
  return (nth) => {
    const pair = Math.floor(nth / each)
    return pair < PAIRS ? [`s${pair}`, `r${pair}`] : numberedPair(pair)
  }
}

const times = ({ quick }: Context) => (quick ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 2, seconds: 5 })

async function measureSending(setting: Exclude<GrowthCase, { kind: 'page' }>, context: Context): Promise<Sample> {
  return withServer(hawser, context, (plan) => {
    const startRssMiB = rssBytes(plan.pids) / 2 ** 20
    const run = async (load: LoadProcess<SendingPhase, PhaseResult>, window: number): Promise<Sample> => {
      const result = await load.run({ mode: 'window', window, ...times(context) })
      return { ...result, startRssMiB, loadPercent: 100 * result.loadCores }
    }
    if (setting.kind === 'group') {
      const enrolled = setting.members - 1
      const groupPlan = { load: 'group', ...plan, members: Math.min(enrolled, ONLINE), enrolled, bytes: BYTES } as const
      return LoadProcess.with(groupPlan, (load: LoadProcess<SendingPhase, PhaseResult>) => run(load, setting.window))
    }
    const { pairs, window, spread } = setting.kind === 'stored' ? { pairs: PAIRS, window: WINDOW, spread: 1 } : setting
    const pairsPlan = { load: 'pairs', ...plan, pairs, spread, bytes: BYTES } as const
    return LoadProcess.with(pairsPlan, (load: LoadProcess<SendingPhase, PhaseResult>) => run(load, window))
  })
}

async function measurePages({ depth, limit }: Extract<GrowthCase, { kind: 'page' }>, context: Context): Promise<Sample> {
  const total = context.quick ? DEEP / 10 : DEEP
  await prepare('deep', total, () => ['s0', 'r0'], context)
  return withServer(hawser, context, (plan) => {
    const startRssMiB = rssBytes(plan.pids) / 2 ** 20
    const pagesPlan = { load: 'pages', ...plan, reader: 'r0', partner: 's0' } as const
    return LoadProcess.with(pagesPlan, async (load: LoadProcess<PagesPhase, PagesResult>) => {
      const from = Math.min(depth, total - SPAN)
      const phase = { pages: context.quick ? 500 : 3000, limit, from, to: from + SPAN - limit }
      await load.run(phase)
      const { p50, p99, serverCpuMicros } = await load.run(phase)
      return { p50, p99, pageCpuMicros: serverCpuMicros, startRssMiB, rssMiB: rssBytes(plan.pids) / 2 ** 20 }
    })
  })
}

export const growth: Workload<GrowthCase> = {
  name: 'growth',
  title: 'Hawser as it grows',
  about: `Hawser alone, with a log that holds messages when it starts. *1000 stored* and so on: 500 pairs with 10 messages of ${BYTES} bytes under way each, whose conversations are among those stored. *Conversations*: as many active ones, the same number of connections from 500 on. *Group*: a group of as many members, one of them its only sender and at most ${ONLINE} others there. *Page*: one client that reads pages of 50, one after the other, in a conversation of ${DEEP.toLocaleString('en-US')} messages, after about that many.

**CPU** is the core's a message (of a group: a delivery) or a page, **start** its resident memory when it is ready, **RSS** after the load. ${LOAD_NOTE}`,
  figures: [
    { key: 'perSecond', title: 'msg/s', digits: 0 },
    ...LATENCIES,
    { key: 'serverCpuMicros', title: 'CPU µs/msg', digits: 2, better: 'less' },
    { key: 'pageCpuMicros', title: 'CPU µs/page', digits: 0, better: 'less' },
    { key: 'startRssMiB', title: 'start MiB', digits: 0 },
    { key: 'rssMiB', title: 'RSS MiB', digits: 0 },
    LOAD,
    ...LOSSES,
  ],
  peers: [hawser],
  subject: 'hawser',
  cases: [
    ...[1000, 100_000, 10_000_000].map(stored),
    conversations(10, 100, 1),
    ...[1, 20, 200].map((spread) => conversations(PAIRS, WINDOW, spread)),
    ...[10, 100, 1000, 10_000, 100_000].map((members) => group(members, 20)),
    ...[0, 1000, 100_000, 990_000].map(page),
  ],
  quickCases: [stored(1000), stored(100_000), conversations(PAIRS, WINDOW, 20), group(1000, 20), page(0), page(90_000)],
  async measure(_peer, setting, context) {
    if (setting.kind === 'page') return measurePages(setting, context)
    if (setting.kind === 'stored') {
      await prepare(setting.name, setting.messages, pairOfStored(setting.messages, setting.conversations), context)
    } else if (setting.kind === 'conversations') {
      const { pairs, spread } = setting
      // One message in each, so that none is made while it is measured.
      const pairOf: PairOf = (nth) => [`s${nth % pairs}`, `r${((nth % pairs) + Math.floor(nth / pairs)) % pairs}`]
      await prepare(setting.name, pairs * spread, pairOf, context)
    }
    return measureSending(setting, context)
  },
}
