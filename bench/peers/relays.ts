import { npmVersion } from './npm-version.ts'
import type { Peer } from './peer.ts'
import { startNode } from './server-process.ts'

const program = (name: string) => new URL(`servers/${name}`, import.meta.url).pathname
const ack = 'in the relay’s memory; lost if it ends'

/** The floor: what any Node server pays for reading and writing. */
export const bareRelay: Peer = {
  name: 'bare-relay',
  title: 'bare Node relay, TCP',
  wire: 'relay',
  ack,
  setting: 'keeps nothing, checks nothing; one write a connection and turn',
  version: () => process.version,
  start: () => startNode({ file: program('bare-relay.ts') }),
}

export const wsRelay: Peer = {
  name: 'ws-relay',
  title: 'bare Node relay, ws',
  wire: 'wsRelay',
  ack,
  setting: 'the same over the npm package ws, without compression',
  version: () => npmVersion('top', 'ws'),
  start: () => startNode({ file: program('ws-relay.ts') }),
}
