import { npmVersion } from './npm-version.ts'
import type { Peer } from './peer.ts'
import { startNode } from './server-process.ts'

const program = (name: string) => new URL(`servers/${name}`, import.meta.url).pathname

export const socketIo: Peer = {
  name: 'socket.io',
  title: 'Socket.IO',
  wire: 'socketIo',
  ack: 'taken in by the server’s handler, in memory; lost if it ends',
  setting: 'WebSocket transport only, no compression, text; acks both ways',
  version: () => npmVersion('bench', 'socket.io'),
  start: () => startNode({ file: program('socket-io.js') }),
}

export const aedes: Peer = {
  name: 'aedes',
  title: 'aedes, MQTT QoS 1',
  wire: 'mqtt',
  ack: 'taken in by the broker, in memory; lost if it ends',
  setting: 'memory persistence, clean sessions',
  version: () => npmVersion('bench', 'aedes'),
  start: () => startNode({ file: program('aedes.js') }),
}
