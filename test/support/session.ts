import { readFileSync } from 'node:fs'
import { Command, commandName } from '../../shared/commands.ts'
import { decodeBody, encodeFrame } from '../../shared/frame.ts'
import { CoreProcess } from './core-process.ts'
import { plain } from './plain-body.ts'
import { WirePeer } from './wire-peer.ts'

/** One frame of the session that docs/WRITE-A-CLIENT.md shows, or the end of a connection without a word. */
export interface SessionFrame {
  /** Whose connection. */
  readonly at: 'alice' | 'bob'
  readonly from: 'client' | 'core' | 'nobody'
  readonly note: string
  /** Empty where `from` is `nobody`. */
  readonly command: keyof typeof Command | ''
  readonly hex: string
  readonly requestId: number
  readonly body: unknown
  /** Fields that are others each time it is played. */
  readonly varies?: readonly string[]
}

/** The secret that signs the tokens of the session: whoever has read it can sign, so it is for this alone. */
export const SESSION_SECRET = 'only for the example of a session'
const VARYING = ['sessionId', 'generation', 'serverTime', 'ticket', 'messageId', 'sentAt', 'digest', 'epoch']

export const sessionFile = new URL('../vectors/session.json', import.meta.url)
export const recordedSession = () => JSON.parse(readFileSync(sessionFile, 'utf8')) as SessionFrame[]

type Body = Record<string, unknown>
const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && !(value instanceof Uint8Array)

/** Puts what `from` has in the fields of these names into their places, wherever both have a value. */
function grafted(into: unknown, from: unknown, names: readonly string[]): unknown {
  if (!isBody(into) || !isBody(from)) return into
  if (Array.isArray(into)) return into.map((each, i) => grafted(each, (from as unknown as unknown[])[i], names))
  return Object.fromEntries(
    Object.entries(into).map(([name, value]) => {
      const other = from[name]
      return [name, names.includes(name) && value && other ? other : grafted(value, other, names)]
    }),
  )
}

/** Puts the values of these names into their places, wherever there is one. */
function filled(into: unknown, values: ReadonlyMap<string, unknown>, names: readonly string[]): unknown {
  if (!isBody(into) || Array.isArray(into)) return into
  return Object.fromEntries(
    Object.entries(into).map(([name, value]) => [name, names.includes(name) && value ? values.get(name) : filled(value, values, names)]),
  )
}

/** All fields of these names, the last of each. */
function gather(body: unknown, values: Map<string, unknown>, names: readonly string[]): void {
  if (!isBody(body)) return
  for (const [name, value] of Object.entries(body)) {
    if (names.includes(name) && value) values.set(name, value)
    else gather(value, values, names)
  }
}

const bodyOf = (hex: string) => Buffer.from(hex, 'hex').subarray(12)
const hexOf = (command: Command, requestId: number, body: unknown) =>
  Buffer.from(encodeFrame(command, requestId, body as never)).toString('hex')

function written(name: keyof typeof Command, requestId: number, body: unknown) {
  const plainBody = plain(body)
  const varies = VARYING.filter((field) => JSON.stringify(plainBody).includes(`"${field}":`))
  return { command: name, requestId, body: plainBody, ...(varies.length > 0 && { varies }), hex: hexOf(Command[name], requestId, body) }
}

/** What is said next: by the client these bytes; by the core whatever it says. */
export type Step = Pick<SessionFrame, 'at' | 'from' | 'note'> & { readonly command: SessionFrame['command']; readonly hex: string }

/**
 * Plays a session against a core of its own. `record` gives what was said; `replay` gives the same
 * with what varies each time as the steps have it, so that nothing else may differ from them.
 * Rejects where the core says another command.
 */
export async function play(steps: readonly Step[], mode: 'record' | 'replay'): Promise<SessionFrame[]> {
  const core = await CoreProcess.start({ tokenKey: '', env: { HAWSER_TOKEN_SECRET: SESSION_SECRET } })
  const peers = new Map<string, WirePeer>()
  /** What varies: as this core says it, and as it was recorded. */
  const said = { alice: new Map<string, unknown>(), bob: new Map<string, unknown>() }
  const result: SessionFrame[] = []
  try {
    for (const { at, from, note, command: name, hex } of steps) {
      if (name === '') {
        peers.get(at)?.end()
        peers.delete(at)
        result.push({ at, from, note, command: name, hex: '', requestId: 0, body: {} })
        continue
      }
      const peer = peers.get(at) ?? (await WirePeer.tcp(core.tcp))
      peers.set(at, peer)
      const command = Command[name]
      if (from === 'client') {
        const requestId = Buffer.from(hex, 'hex').readUInt32BE(8)
        const recorded = decodeBody(command, bodyOf(hex))
        const sent = filled(recorded, said[at], VARYING)
        const bytes = hexOf(command, requestId, sent)
        peer.bytes(Buffer.from(bytes, 'hex'))
        result.push({ at, from, note, ...written(name, requestId, mode === 'record' ? sent : recorded) })
        continue
      }
      const frame = await peer.next(() => true)
      if (frame.command !== command) throw new Error(`${note}: the core said ${commandName(frame.command)} and not ${name}`)
      const live = decodeBody(command, frame.body)
      // Y6: the digest at the cursor is that of the message that came, and not that of the list.
      gather(live, said[at], command === Command.DELIVER ? VARYING : VARYING.filter((field) => field !== 'digest'))
      const body = mode === 'record' ? live : grafted(live, decodeBody(command, bodyOf(hex)), VARYING)
      result.push({ at, from, note, ...written(name, frame.requestId, body) })
    }
    return result
  } finally {
    for (const peer of peers.values()) peer.end()
    await core.dispose()
  }
}
