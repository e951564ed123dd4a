import { LoadProcess } from '../load/load-process.ts'
import type { SendingPhase } from '../load/sending.ts'
import type { PhaseResult } from '../load/tally.ts'
import { PEERS } from '../peers/peers.ts'
import { LATENCIES, LOAD, LOAD_NOTE, LOSSES, RSS } from './figures.ts'
import { withServer } from './with-server.ts'
import type { Case, Workload } from './workload.ts'

interface PairsCase extends Case {
  readonly pairs: number
  readonly window: number
  readonly bytes: number
}

const of = (pairs: number, window: number, bytes: number): PairsCase => ({
  name: `${pairs}x${window} ${bytes}B`,
  pairs,
  window,
  bytes,
})

export const oneToOne: Workload<PairsCase> = {
  name: 'one-to-one',
  title: 'Messages from one user to another',
  about: `Pairs of users, a connection each. A message is acknowledged by the server to its sender, delivered, and acknowledged by its receiver. It is under way until the sender has its acknowledgement and the receiver the message; *500x10* are 500 pairs with 10 messages under way each.

**msg/s** are deliveries a second, **p50** to **p99.9** the time from send to delivery, **CPU** is the server's a message, all its processes and threads, as the operating system counts it. **At half** are the figures of a second run on the same server that sends half as many messages a second, each latency counted from when the message was due: there, what a server has put off is in its CPU, too. ${LOAD_NOTE}`,
  figures: [
    { key: 'perSecond', title: 'msg/s', digits: 0, better: 'more' },
    ...LATENCIES,
    { key: 'pacedP99', title: 'p99 ms at half', digits: 1 },
    { key: 'serverCpuMicros', title: 'CPU µs/msg', digits: 1, better: 'less' },
    { key: 'pacedCpuMicros', title: 'CPU at half', digits: 1 },
    RSS,
    LOAD,
    ...LOSSES,
  ],
  peers: PEERS,
  subject: 'hawser',
  cases: [of(50, 1, 128), of(50, 20, 128), of(500, 1, 128), of(500, 10, 128), of(50, 20, 1024), of(500, 10, 1024)],
  quickCases: [of(50, 20, 128), of(500, 10, 128)],
  measure: (peer, { pairs, window, bytes }, context) =>
    withServer(peer, context, (plan) =>
      LoadProcess.with({ load: 'pairs', ...plan, pairs, bytes }, async (load: LoadProcess<SendingPhase, PhaseResult>) => {
        const times = context.quick ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 2, seconds: 5 }
        const peak = await load.run({ mode: 'window', window, ...times })
        const paced = await load.run({ mode: 'pace', perSecond: peak.perSecond / 2, ...times })
        const { lost, again, p99: pacedP99, serverCpuMicros: pacedCpuMicros } = paced
        return { ...peak, loadPercent: 100 * peak.loadCores, pacedP99, pacedCpuMicros, lost, again }
      }),
    ),
}
