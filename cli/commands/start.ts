import { resolve } from 'node:path'
import { ADMIN_FLAGS } from '../admin.ts'
import type { Command } from '../command.ts'
import { devSigner, ensureDevKeys } from '../dev-keys.ts'
import { openDevTokenDoor } from '../dev-token-door.ts'
import { Failure } from '../exit.ts'
import { type FlagValues, flagsHelp, noWords, readFlags, wholeNumber } from '../flags.ts'
import { ensureKeyPair, type KeyPair } from '../key-pair.ts'
import { complain, print } from '../output.ts'
import { Part, type PartEnd } from '../part.ts'
import { SESSION_FLAGS } from '../session.ts'

const FLAGS = {
  data: { value: 'DIR', help: 'Folder of the log and the keys', variable: 'HAWSER_DATA', default: './data' },
  'tcp-port': { value: 'PORT', help: 'Port of the TCP door, 0 for a free one', variable: 'HAWSER_TCP_PORT', default: '7400' },
  'ws-port': { value: 'PORT', help: "Port of the core's WebSocket door, 0 for a free one", variable: 'HAWSER_WS_PORT', default: '7401' },
  'admin-port': { value: 'PORT', help: 'Port of the admin door, 0 for a free one', variable: 'HAWSER_ADMIN_PORT', default: '7402' },
  'edge-port': { value: 'PORT', help: 'Port of the web page, 0 for a free one', variable: 'HAWSER_EDGE_PORT', default: '8787' },
} as const
type Values = FlagValues<typeof FLAGS>

const HOST = '127.0.0.1'

export const start: Command = {
  summary: "run core and edge on a developer's machine, with keys and tokens made for it",
  help: `Usage: hawser start [--data DIR]\n\nEverything listens on this machine only. A second one beside the first takes another
folder, and other ports: 0 for any that are free.\n\n${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    noWords(words)
    for (const name of ['tcp-port', 'ws-port', 'admin-port', 'edge-port'] as const) wholeNumber(name, values[name], 0, 65_535)
    const keys = makeKeys(values.data)
    const door = await openDevTokenDoor(await devSigner(values.data))
    try {
      process.exitCode = await new Machine(values, keys, door.address).run()
    } finally {
      door.close()
    }
  },
}

interface Keys {
  readonly users: KeyPair
  readonly uplink: KeyPair
}

/** Also the test of whether the folder can be written to, before anything is started. */
function makeKeys(dataFolder: string): Keys {
  try {
    return { users: ensureDevKeys(dataFolder), uplink: ensureKeyPair(dataFolder, 'uplink-key') }
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure(`cannot write to the data folder ${dataFolder}: ${(cause as Error).message}`, { cause })
  }
}

/** Core and edge, which run and end together. */
class Machine {
  readonly #values: Values
  readonly #keys: Keys
  readonly #tokenDoor: string
  readonly #parts: Part[] = []
  #signals = 0

  constructor(values: Values, keys: Keys, tokenDoor: string) {
    this.#values = values
    this.#keys = keys
    this.#tokenDoor = tokenDoor
  }

  /** Resolves with the exit status when both have ended: 0 after a signal, 1 where one ended by itself. */
  async run(): Promise<number> {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.#signal())
    // The edge first: the core dials it, and has to know a port that was free.
    const edge = this.#begin('edge', this.#edgeEnv())
    const edgeReady = await edge.ready<{ url: string }>('edge-ready')
    if (edgeReady && this.#signals === 0) {
      const core = this.#begin('core', this.#coreEnv(edgeReady.url))
      const coreReady = await core.ready<{ tcp: string; admin: string }>('core-ready')
      if (coreReady && this.#signals === 0) print(this.#welcome(edgeReady.url, coreReady))
    }
    const first = await Promise.race(this.#parts.map(({ ended }) => ended))
    if (this.#signals === 0) {
      complain(`hawser start: ${ending(first)}${this.#parts.length > 1 ? '; the rest is ended, too' : ''}`)
      for (const part of this.#parts) part.kill('SIGTERM')
    }
    await Promise.all(this.#parts.map(({ ended }) => ended))
    return this.#signals > 0 ? 0 : 1
  }

  #begin(name: 'core' | 'edge', env: NodeJS.ProcessEnv): Part {
    const part = new Part(name, { env: { ...process.env, ...env }, output: 'pipe' })
    this.#parts.push(part)
    return part
  }

  /** The first lets them end in order; at a second one they do not wait. */
  #signal(): void {
    this.#signals++
    for (const part of this.#parts) part.kill('SIGTERM')
  }

  #edgeEnv(): NodeJS.ProcessEnv {
    return {
      HAWSER_EDGE_HOST: HOST,
      HAWSER_EDGE_PORT: this.#values['edge-port'],
      HAWSER_EDGE_STATE: resolve(this.#values.data, 'edge'),
      HAWSER_EDGE_ATTACHMENTS: resolve(this.#values.data, 'attachments'),
      HAWSER_EDGE_DEV_TOKENS: this.#tokenDoor,
      HAWSER_TOKEN_PUBLIC_KEY: this.#keys.users.publicPem,
      HAWSER_TOKEN_JWKS_URL: undefined,
      HAWSER_TOKEN_SECRET: undefined,
      HAWSER_UPLINK_PUBLIC_KEY: this.#keys.uplink.publicPem,
    }
  }

  #coreEnv(edgeUrl: string): NodeJS.ProcessEnv {
    return {
      HAWSER_HOST: HOST,
      HAWSER_TCP_PORT: this.#values['tcp-port'],
      HAWSER_WS_PORT: this.#values['ws-port'],
      HAWSER_ADMIN_PORT: this.#values['admin-port'],
      HAWSER_DATA: this.#values.data,
      HAWSER_TOKEN_KEY: this.#keys.users.publicPath,
      HAWSER_TOKEN_JWKS: undefined,
      HAWSER_TOKEN_SECRET: undefined,
      HAWSER_EDGE: edgeUrl.replace(/^http/, 'ws'),
      HAWSER_EDGE_SHARDS: '1',
      HAWSER_UPLINK_KEY: this.#keys.uplink.privatePath,
      HAWSER_LOG_LEVEL: process.env.HAWSER_LOG_LEVEL ?? 'warn',
    }
  }

  #welcome(edgeUrl: string, core: { tcp: string; admin: string }): string {
    const url = `tcp://${core.tcp}`
    const admin = `http://${core.admin}`
    const data = this.#values.data === SESSION_FLAGS.data.default ? '' : ` --data ${this.#values.data}`
    const flags = `${url === SESSION_FLAGS.url.default ? '' : ` --url ${url}`}${data}`
    const operator = admin === ADMIN_FLAGS.admin.default ? '' : `\n  npx hawser sessions --admin ${admin}${data}`
    return `Hawser runs. Open ${edgeUrl.replace(HOST, 'localhost')} in a browser, or try in other terminals:

  npx hawser listen --user bob${flags}
  npx hawser send --user alice --to bob${flags} hello${operator}

Ctrl-C ends it.`
  }
}

function ending({ part, status, signal, lastLine }: PartEnd): string {
  return `the ${part} ended ${signal ? `by ${signal}` : `with status ${status}`}${lastLine && `; its last line: ${lastLine}`}`
}
