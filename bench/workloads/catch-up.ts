import type { CatchUpResult } from '../load/catch-up.ts'
import { LoadProcess } from '../load/load-process.ts'
import { PEERS } from '../peers/peers.ts'
import { WIRES } from '../wire/wires.ts'
import { LOSSES, RSS } from './figures.ts'
import { withServer } from './with-server.ts'
import type { Case, Workload } from './workload.ts'

interface CatchUpCase extends Case {
  readonly messages: number
}

const BYTES = 128
const of = (messages: number): CatchUpCase => ({ name: `${messages} messages`, messages })
const KEPT: Readonly<Record<string, string>> = {
  hawser: 'in the log on disk; pulled in pages of 200',
  aedes: 'in memory, for a session that is not clean',
  mosquitto: 'in memory, for a session that is not clean',
  jetstream: 'in the stream’s file, for a durable consumer',
  ejabberd: 'as offline messages in Mnesia',
}

export const catchUp: Workload<CatchUpCase> = {
  name: 'catch-up',
  title: 'A user comes back to many messages',
  about: `A user is away while another sends messages of ${BYTES} bytes, each acknowledged by the server. Then the user logs in and takes them all. Servers that keep nothing for who is away are not here. **all** and **first** are the time from the connect to the last and the first message, **CPU** the server's a message of the catch-up.`,
  figures: [
    { key: 'perSecond', title: 'msg/s', digits: 0, better: 'more' },
    { key: 'milliseconds', title: 'all ms', digits: 0 },
    { key: 'firstMs', title: 'first ms', digits: 1 },
    { key: 'serverCpuMicros', title: 'CPU µs/msg', digits: 1, better: 'less' },
    RSS,
    ...LOSSES,
  ],
  peers: PEERS.filter(({ name, wire }) => name in KEPT && 'returning' in WIRES[wire]).map((peer) => ({
    ...peer,
    setting: `kept ${KEPT[peer.name]}`,
  })),
  subject: 'hawser',
  cases: [of(10_000)],
  quickCases: [of(10_000)],
  measure: (peer, { messages }, context) =>
    withServer(peer, context, (plan) =>
      LoadProcess.with({ load: 'catch-up', ...plan, messages, bytes: BYTES }, async (load: LoadProcess<'come-back', CatchUpResult>) => {
        const result = await load.run('come-back')
        return { ...result, perSecond: (1000 * (messages - result.lost)) / result.milliseconds }
      }),
    ),
}
