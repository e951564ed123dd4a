import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { coreEnvironment, coreProgram, hawserVersion, makeUserKeys } from './hawser.ts'
import { npmVersion } from './npm-version.ts'
import type { Peer } from './peer.ts'
import { startNode } from './server-process.ts'

const program = (name: string) => new URL(`servers/${name}`, import.meta.url).pathname
const bundle = new URL('../../dist/edge/worker/worker.js', import.meta.url).pathname
/** `npm ci` and `npm run build:edge` make the edge. */
const edgeVersion = () => (existsSync(bundle) ? hawserVersion() : undefined)
const ack = 'in the memory of the backend behind the bridge'

function edgeFolder(folder: string): string {
  const edge = join(folder, 'edge')
  mkdirSync(edge)
  return edge
}

/** What one would write for oneself: see servers/workerd-relay.ts. */
export const relayBridge: Peer = {
  name: 'relay-bridge',
  title: 'minimal bridge, bare relay behind',
  wire: 'wsRelay',
  ack,
  setting: 'a Durable Object under workerd that passes each message on with a number; no tokens, no limits',
  version: () => npmVersion('top', 'workerd'),
  start: ({ folder }) => startNode({ file: program('relay-bridge.ts'), args: [folder], settings: { path: '/ws' } }),
}

/** The edge alone: the same backend as behind the minimal bridge. */
export const hawserBridge: Peer = {
  name: 'hawser-bridge',
  title: 'Hawser’s edge, bare relay behind',
  wire: 'wsRelay',
  ack,
  setting: 'one shard under workerd, tokens checked',
  version: edgeVersion,
  start({ folder }) {
    const { keyFile } = makeUserKeys(folder)
    return startNode({ file: program('hawser-bridge.ts'), args: [edgeFolder(folder), keyFile], settings: { path: '/ws', keyFile } })
  },
}

export const hawserEdge: Peer = {
  name: 'hawser-edge',
  title: 'Hawser, edge and core',
  wire: 'hawserWs',
  ack: 'fsynced: survives a power cut',
  setting: 'one shard under workerd, rate limits lifted',
  version: edgeVersion,
  start({ folder, core }) {
    const { keyFile, publicKey } = makeUserKeys(folder)
    return startNode({
      file: program('hawser-edge.ts'),
      args: [edgeFolder(folder), keyFile, coreProgram(core)],
      env: coreEnvironment(folder, publicKey),
      settings: { keyFile },
    })
  },
}
