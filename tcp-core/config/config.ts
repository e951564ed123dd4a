import { parseArgs } from 'node:util'
import { DEFAULT_MAX_FRAME_BYTES } from '../../shared/frame.ts'
import { MIN_SECRET_BYTES, type TokenKey } from '../../shared/token.ts'
import { FileFault, readWholeFile } from '../files/file-fault.ts'
import { ANSWER_BYTES, ITEM_BYTES } from '../log/reads/answer-items.ts'
import { flagName, SETTINGS, type SettingName, type Settings, variableName } from './settings.ts'

/** The settings, checked and frozen, with the token key read. */
export type CoreConfig = Settings & { readonly key: TokenKey }

/** A setting that cannot be; the message names it and says what mends it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const names = Object.keys(SETTINGS) as SettingName[]

/** Reads flags, then the environment, then defaults. Throws ConfigError. */
export function readConfig(args: readonly string[], environment: NodeJS.ProcessEnv): CoreConfig {
  const flags = readFlags(args)
  const settings: Record<string, unknown> = {}
  for (const name of names) {
    const { schema, default: fallback } = SETTINGS[name]
    const flag = flags[flagName(name).slice(2)]
    const variable = environment[variableName(name)]
    const checked = schema.safeParse(flag ?? variable ?? fallback)
    if (!checked.success) {
      const source = flag !== undefined ? flagName(name) : variableName(name)
      throw new ConfigError(`${source}=${flag ?? variable}: ${checked.error.issues[0]?.message}. ${SETTINGS[name].help}`)
    }
    settings[name] = checked.data
  }
  const typed = settings as unknown as Settings
  refusePlainEdge(typed.edge)
  refuseSizes(typed)
  if (typed.tlsPort !== '' && (typed.tlsCert === '' || typed.tlsKey === '')) {
    throw new ConfigError('HAWSER_TLS_PORT needs HAWSER_TLS_CERT=<PEM file> and HAWSER_TLS_KEY=<PEM file>')
  }
  if (typed.tlsPort === '' && (typed.tlsCert !== '' || typed.tlsKey !== '' || typed.tlsClientCa !== '')) {
    throw new ConfigError(
      'HAWSER_TLS_CERT, HAWSER_TLS_KEY and HAWSER_TLS_CLIENT_CA need HAWSER_TLS_PORT=<port>: without it there is no TLS',
    )
  }
  return Object.freeze({ ...typed, key: tokenKey(typed) })
}

/** The text of `--help`. */
export function configHelp(): string {
  const rows = names.map((name) => {
    const fallback = SETTINGS[name].default
    return `  ${flagName(name)}, ${variableName(name)}\n      ${SETTINGS[name].help}${fallback ? ` Default: ${fallback}` : ''}`
  })
  return `Usage: hawser core [settings]\n\nRuns the core. A flag goes before its environment variable.\n\n${rows.join('\n')}\n`
}

function readFlags(args: readonly string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(names.map((name) => [flagName(name).slice(2), { type: 'string' as const }]))
  try {
    return parseArgs({ args: withNegatives(args), options, strict: true }).values as Record<string, string | undefined>
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message.split('. ')[0]}. See hawser core --help.`, { cause })
  }
}

/** A number below zero looks like a flag of its own. */
function withNegatives(args: readonly string[]): string[] {
  const joined: string[] = []
  for (const arg of args) {
    const flag = joined.at(-1)
    if (/^-\d/.test(arg) && flag?.startsWith('--') && !flag.includes('=')) joined[joined.length - 1] = `${flag}=${arg}`
    else joined.push(arg)
  }
  return joined
}

function tokenKey(settings: Settings): TokenKey {
  const { tokenKey, tokenJwks, tokenSecret } = settings
  const given = [tokenKey, tokenJwks, tokenSecret].filter((value) => value !== '')
  if (given.length === 0) {
    throw new ConfigError(
      "no key for users' tokens: set HAWSER_TOKEN_KEY=<public key file>, HAWSER_TOKEN_JWKS=<url> or HAWSER_TOKEN_SECRET=<secret>; `hawser start` makes one for a developer's machine",
    )
  }
  if (given.length > 1) throw new ConfigError('HAWSER_TOKEN_KEY, HAWSER_TOKEN_JWKS and HAWSER_TOKEN_SECRET exclude each other: keep one')
  if (tokenJwks) return { kind: 'jwks', url: tokenJwks }
  if (tokenSecret) {
    if (Buffer.byteLength(tokenSecret) < MIN_SECRET_BYTES)
      throw new ConfigError(`HAWSER_TOKEN_SECRET has fewer than ${MIN_SECRET_BYTES} bytes`)
    return { kind: 'secret', secret: tokenSecret }
  }
  if (/^\s*(\{|-----BEGIN)/.test(tokenKey)) return { kind: 'public-key', pemOrJwk: tokenKey }
  const pemOrJwk = readWholeFile(tokenKey, 'name another with HAWSER_TOKEN_KEY').toString()
  if (!/^\s*(\{|-----BEGIN)/.test(pemOrJwk))
    throw new FileFault(tokenKey, 'is no public key (PEM or JWK)', 'name another with HAWSER_TOKEN_KEY')
  if (pemOrJwk.includes('PRIVATE KEY')) throw new FileFault(tokenKey, 'is a private key', 'name its public half with HAWSER_TOKEN_KEY')
  return { kind: 'public-key', pemOrJwk }
}

/** What is taken in must also go out: in one frame with all that a message has besides its content, and through the edge where there is one. */
function refuseSizes({ maxFrameBytes, maxContentBytes, edge }: Settings): void {
  const needed = Math.max(ANSWER_BYTES, maxContentBytes + ITEM_BYTES)
  if (maxFrameBytes < needed) {
    throw new ConfigError(
      `HAWSER_MAX_FRAME_BYTES=${maxFrameBytes} holds no answer with HAWSER_MAX_CONTENT_BYTES=${maxContentBytes}: a frame needs ${needed} bytes`,
    )
  }
  if (edge !== '' && maxFrameBytes > DEFAULT_MAX_FRAME_BYTES) {
    throw new ConfigError(
      `HAWSER_MAX_FRAME_BYTES=${maxFrameBytes} is more than HAWSER_EDGE takes: an edge passes frames of up to ${DEFAULT_MAX_FRAME_BYTES} bytes`,
    )
  }
}

/** U1: over the open network the edge is authenticated by TLS. */
function refusePlainEdge(edge: string): void {
  if (edge === '') return
  const { protocol, hostname } = new URL(edge)
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
  if (protocol === 'ws:' && !loopback) {
    throw new ConfigError(`HAWSER_EDGE=${edge}: a plain ws:// edge is taken only on loopback; use wss://`)
  }
}
