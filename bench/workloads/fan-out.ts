import { LoadProcess } from '../load/load-process.ts'
import type { SendingPhase } from '../load/sending.ts'
import type { PhaseResult } from '../load/tally.ts'
import { PEERS } from '../peers/peers.ts'
import { LATENCIES, LOAD, LOAD_NOTE, LOSSES, RSS } from './figures.ts'
import { withServer } from './with-server.ts'
import type { Case, Workload } from './workload.ts'

interface GroupCase extends Case {
  readonly members: number
  readonly window: number
}

const BYTES = 128
const of = (members: number, window: number): GroupCase => ({ name: `1 to ${members}`, members, window })
/** Where a message to many is acknowledged in another way than one to one user. */
const GROUP_ACKS: Readonly<Record<string, string>> = {
  nats: 'taken in by the server, which keeps nothing (PONG); receivers acknowledge nothing',
}

export const fanOut: Workload<GroupCase> = {
  name: 'fan-out',
  title: 'Messages from one user to many',
  about: `One sender writes ${BYTES} bytes to a group (a room, a topic, a subject) whose members have a connection each. A message is under way until the sender has its acknowledgement and every member the message; 50 messages are under way at a time with 10 members, 20 with 100, 8 with 1000.

**deliveries/s** counts each member's, **p50** to **p99.9** are the time from the send to a member's delivery, **CPU** is the server's a delivery. **at half** is the p99 in a second run at half as many messages a second. ${LOAD_NOTE}`,
  figures: [
    { key: 'perSecond', title: 'deliveries/s', digits: 0, better: 'more' },
    ...LATENCIES,
    { key: 'pacedP99', title: 'p99 ms at half', digits: 1 },
    { key: 'serverCpuMicros', title: 'CPU µs/delivery', digits: 2, better: 'less' },
    RSS,
    LOAD,
    ...LOSSES,
  ],
  // A group is in one stream whatever the layout.
  peers: PEERS.filter(({ name }) => name !== 'jetstreams').map((peer) => ({ ...peer, ack: GROUP_ACKS[peer.name] ?? peer.ack })),
  subject: 'hawser',
  cases: [of(10, 50), of(100, 20), of(1000, 8)],
  quickCases: [of(1000, 8)],
  measure: (peer, { members, window }, context) =>
    withServer(peer, context, (plan) =>
      LoadProcess.with({ load: 'group', ...plan, members, bytes: BYTES }, async (load: LoadProcess<SendingPhase, PhaseResult>) => {
        const times = context.quick ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 2, seconds: 5 }
        const peak = await load.run({ mode: 'window', window, ...times })
        const paced = await load.run({ mode: 'pace', perSecond: peak.perSecond / members / 2, ...times })
        const { lost, again, p99: pacedP99 } = paced
        return { ...peak, loadPercent: 100 * peak.loadCores, pacedP99, lost, again }
      }),
    ),
}
