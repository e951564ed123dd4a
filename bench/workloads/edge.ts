import { LoadProcess } from '../load/load-process.ts'
import type { SendingPhase } from '../load/sending.ts'
import type { PhaseResult } from '../load/tally.ts'
import { hawserBridge, hawserEdge, relayBridge } from '../peers/bridges.ts'
import { hawserWs } from '../peers/hawser.ts'
import { LATENCIES, LOAD, LOAD_NOTE, LOSSES, RSS } from './figures.ts'
import { withServer } from './with-server.ts'
import type { Case, Sample, Workload } from './workload.ts'

type EdgeCase = Case & { readonly kind: 'pairs' | 'group'; readonly window: number }

const BROWSERS = 200
const BYTES = 128
type Sending = LoadProcess<SendingPhase, PhaseResult>

export const edge: Workload<EdgeCase> = {
  name: 'edge',
  title: 'Through the edge',
  about: `${BROWSERS} WebSockets to one bridge shard under workerd on this machine, ${BYTES} bytes: as pairs with 4 messages under way each, and one sender whose messages go to all others, 16 under way. The minimal bridge is the least that one would write for oneself; behind it and behind Hawser's edge stands the same backend that keeps nothing, so that the two differ by the bridge alone. Hawser's own core behind its edge stores what it acknowledges; the last row is the same core without an edge.

**CPU** is that of workerd and of what is behind it, a delivery. ${LOAD_NOTE}`,
  figures: [
    { key: 'perSecond', title: 'deliveries/s', digits: 0, better: 'more' },
    ...LATENCIES,
    { key: 'serverCpuMicros', title: 'CPU µs/delivery', digits: 1, better: 'less' },
    RSS,
    LOAD,
    ...LOSSES,
  ],
  peers: [hawserBridge, relayBridge, hawserEdge, hawserWs],
  subject: hawserBridge.name,
  cases: [
    { name: '1:1', kind: 'pairs', window: 4 },
    { name: 'fan-out', kind: 'group', window: 16 },
  ],
  quickCases: [
    { name: '1:1', kind: 'pairs', window: 4 },
    { name: 'fan-out', kind: 'group', window: 16 },
  ],
  measure: (peer, { kind, window }, context) =>
    withServer(peer, context, (plan) => {
      const run = async (load: Sending): Promise<Sample> => {
        const times = context.quick ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 2, seconds: 5 }
        const result = await load.run({ mode: 'window', window, ...times })
        return { ...result, loadPercent: 100 * result.loadCores }
      }
      return kind === 'pairs'
        ? LoadProcess.with({ load: 'pairs', ...plan, pairs: BROWSERS / 2, bytes: BYTES }, run)
        : LoadProcess.with({ load: 'group', ...plan, members: BROWSERS - 1, bytes: BYTES }, run)
    }),
}
