import { setTimeout as sleep } from 'node:timers/promises'
import { LoadProcess } from '../load/load-process.ts'
import type { SessionsPhase, SessionsResult } from '../load/sessions.ts'
import { rssBytes } from '../measure/processes.ts'
import { PEERS } from '../peers/peers.ts'
import { LOAD } from './figures.ts'
import { withServer } from './with-server.ts'
import type { Case, Workload } from './workload.ts'

interface SessionsCase extends Case {
  readonly sessions: number
}

type SessionsProcess = LoadProcess<SessionsPhase, SessionsResult>

const of = (sessions: number): SessionsCase => ({ name: `${sessions} connections`, sessions })
const PARALLEL = 512
const HEARTBEAT_SECONDS = 30
const LOGINS: Readonly<Record<string, string>> = {
  hawser: 'an EdDSA token is checked, a session and its ticket are made',
  'bare-relay': 'none',
  'ws-relay': 'an upgrade',
  'socket.io': 'an upgrade and two handshakes, without a token',
  aedes: 'CONNECT without a password, one subscription',
  mosquitto: 'CONNECT without a password, one subscription',
  nats: 'CONNECT without a password, two subscriptions',
  jetstream: 'CONNECT without a password, two subscriptions',
  ejabberd: 'a password, a session, stream management',
}
/** With an archive logins are no different. */
const peers = PEERS.filter(({ name }) => name in LOGINS).map((peer) => ({ ...peer, ack: '', setting: `login: ${LOGINS[peer.name]}` }))

export const idle: Workload<SessionsCase> = {
  name: 'idle',
  title: 'Idle connections',
  about: `Logged-in connections that say a heartbeat each ${HEARTBEAT_SECONDS} s (Socket.IO's server asks each 25 s instead) and nothing else. **KiB/connection** is what the server's resident memory has grown by with them, **CPU** a share of one core.`,
  figures: [
    { key: 'emptyMiB', title: 'empty MiB', digits: 0 },
    { key: 'kibPerConnection', title: 'KiB/connection', digits: 1, better: 'less' },
    { key: 'cpuPercent', title: 'idle CPU %', digits: 2, better: 'less' },
  ],
  peers,
  subject: 'hawser',
  cases: [of(15_000)],
  quickCases: [of(1000)],
  measure: (peer, { sessions }, context) =>
    withServer(peer, context, async (plan, { pids }) => {
      const [settleMs, seconds] = context.quick ? [3000, 5] : [10_000, 30]
      await sleep(2000)
      const empty = rssBytes(pids)
      return LoadProcess.with({ load: 'sessions', ...plan, sessions }, async (load: SessionsProcess) => {
        await load.run({ mode: 'log-in', parallel: PARALLEL })
        // What logging in left behind is collected before idleness is measured.
        await sleep(settleMs)
        const result = await load.run({ mode: 'idle', seconds, heartbeatSeconds: HEARTBEAT_SECONDS })
        return {
          emptyMiB: empty / 2 ** 20,
          kibPerConnection: (result.rssBytes - empty) / 1024 / sessions,
          cpuPercent: (100 * result.serverCpuSeconds) / result.seconds,
        }
      })
    }),
}

export const storm: Workload<SessionsCase> = {
  name: 'storm',
  title: 'Everybody connects at once',
  about: `Connections of users that the server knows are all cut, and ${PARALLEL} at a time log in again until all are back, as after a lost network. **login** is the time from the connect until the client may send; **CPU** is the server's a login.`,
  figures: [
    { key: 'perSecond', title: 'logins/s', digits: 0, better: 'more' },
    { key: 'loginP50', title: 'login p50 ms', digits: 1 },
    { key: 'loginP99', title: 'login p99 ms', digits: 1 },
    { key: 'cpuMicros', title: 'CPU µs/login', digits: 0, better: 'less' },
    LOAD,
  ],
  peers,
  subject: 'hawser',
  cases: [of(15_000)],
  quickCases: [of(500)],
  measure: (peer, { sessions }, context) =>
    withServer(peer, context, (plan) =>
      LoadProcess.with({ load: 'sessions', ...plan, sessions }, async (load: SessionsProcess) => {
        await load.run({ mode: 'log-in', parallel: PARALLEL })
        await load.run({ mode: 'cut' })
        await sleep(2000)
        const result = await load.run({ mode: 'log-in', parallel: PARALLEL })
        return {
          perSecond: sessions / result.seconds,
          loginP50: result.loginP50,
          loginP99: result.loginP99,
          cpuMicros: (result.serverCpuSeconds * 1e6) / sessions,
          loadPercent: 100 * result.loadCores,
        }
      }),
    ),
}
