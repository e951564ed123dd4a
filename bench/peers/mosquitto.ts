import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Peer } from './peer.ts'
import { freePort, installed, printed, startDaemon } from './server-process.ts'

const PROGRAM = 'mosquitto'

export const mosquitto: Peer = {
  name: 'mosquitto',
  title: 'mosquitto, MQTT QoS 1',
  wire: 'mqtt',
  ack: 'taken in by the broker, in memory; lost if it ends',
  setting: 'no limit on queued and in-flight messages, TCP_NODELAY, persistence off, clean sessions',
  version() {
    const path = installed(PROGRAM)
    return path && /version ([\d.]+)/.exec(printed(path, '-h'))?.[1]
  },
  async start({ folder }) {
    const port = await freePort()
    const config = join(folder, 'mosquitto.conf')
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence false',
      'set_tcp_nodelay true',
      'max_inflight_messages 0',
      'max_queued_messages 0',
      'log_type error',
      'log_dest stderr',
      // Started by root it would become another user, who may not read the folder.
      `user ${process.getuid?.() === 0 ? 'root' : 'mosquitto'}`,
    ]
    writeFileSync(config, `${lines.join('\n')}\n`)
    return startDaemon(installed(PROGRAM) as string, ['-c', config], port, { stdio: 'ignore' })
  },
}
