import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Peer, RunningServer, StartContext } from './peer.ts'
import { startNode } from './server-process.ts'

const here = new URL('../..', import.meta.url).pathname
const UNLIMITED = '1000000000'

/** Without the limits that a flood from a few users on one machine would meet, and without the search index, which no peer has. */
const LIMITS = {
  HAWSER_SESSION_PACKETS_PER_SECOND: UNLIMITED,
  HAWSER_SESSION_BYTES_PER_SECOND: UNLIMITED,
  HAWSER_USER_PACKETS_PER_SECOND: UNLIMITED,
  HAWSER_USER_BYTES_PER_SECOND: UNLIMITED,
  HAWSER_USER_MILLISECONDS_PER_SECOND: UNLIMITED,
  HAWSER_UNAUTHENTICATED_CONNECTIONS: UNLIMITED,
  HAWSER_SEARCH: 'off',
}

export function hawserVersion(): string {
  return (JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as { version: string }).version
}

export const coreProgram = (core = here): string => join(core, 'tcp-core/main.ts')

export interface UserKeys {
  readonly publicKey: string
  /** Of the private key, with which the load signs its users' tokens. */
  readonly keyFile: string
}

export function makeUserKeys(folder: string): UserKeys {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keyFile = join(folder, 'users.pem')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(), keyFile }
}

export function coreEnvironment(folder: string, publicKey: string): Readonly<Record<string, string>> {
  return { HAWSER_DATA: join(folder, 'data'), HAWSER_TOKEN_KEY: publicKey, HAWSER_LOG_LEVEL: 'warn', ...LIMITS }
}

/** A core on a log of its own in the folder, or on one that is there. */
function startCore({ folder, profile, core }: StartContext, door: 'tcp' | 'ws'): Promise<RunningServer> {
  mkdirSync(folder, { recursive: true })
  const { publicKey, keyFile } = makeUserKeys(folder)
  return startNode({
    file: coreProgram(core),
    args: ['--tcp-port', '0', '--ws-port', '0', '--admin-port', '0'],
    nodeOptions: profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [],
    env: coreEnvironment(folder, publicKey),
    settings: { keyFile },
    door,
  })
}

const common = {
  ack: 'fsynced: survives a power cut',
  setting: 'rate limits lifted, search off',
  version: hawserVersion,
}

export const hawser: Peer = {
  ...common,
  name: 'hawser',
  title: 'Hawser',
  wire: 'hawser',
  start: (where) => startCore(where, 'tcp'),
}

export const hawserWs: Peer = {
  ...common,
  name: 'hawser-ws',
  title: 'Hawser, WebSocket door',
  wire: 'hawserWs',
  start: (where) => startCore(where, 'ws'),
}
