import { CODES, type ErrorName } from '../../shared/codes.ts'
import type { BodyOf, Command } from '../../shared/commands.ts'
import { Command as Commands } from '../../shared/commands.ts'
import { decodeBody, encodeFrame, type Frame, HEADER_BYTES } from '../../shared/frame.ts'
import { type Change, DeviceClass, type FleetingEvent, Intent } from '../../shared/gen/hawser.ts'
import type { Core } from '../../tcp-core/core.ts'
import { establishSession } from '../../tcp-core/login/establish-session.ts'
import { Connection } from '../../tcp-core/sessions/connection.ts'
import type { Session } from '../../tcp-core/sessions/session.ts'
import type { Transport, TransportHandler } from '../../tcp-core/transports/transport.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { virtualCore } from '../support/virtual-core.ts'

/** Long after 1970: a test may set the date back. */
const BEGIN = 1_700_000_000_000

/** A core on a clock that stands, and a log in memory. */
export class VirtualHouse {
  readonly clock = new ManualClock(BEGIN)
  readonly log: MemoryLog = new MemoryLog()
  readonly core: Core

  constructor() {
    this.core = virtualCore({
      clock: this.clock,
      log: this.log,
      verifyToken: (token) => Promise.resolve({ userId: token, expiresAt: this.clock.now() + 3_600_000, keyName: '' }),
      settings: { heartbeatTimeoutMs: 3_600_000 },
      complain: (what, error) => {
        throw new Error(what, { cause: error })
      },
    })
  }

  login(user: string, deviceClass: DeviceClass = DeviceClass.PHONE, instanceId = ''): VirtualPeer {
    return new VirtualPeer(this.core, user, deviceClass, instanceId)
  }

  /** Stores a change as the user's own. */
  async change(peer: VirtualPeer, conversationId: string, change: Change): Promise<void> {
    peer.send(Commands.SEND, {
      clientMessageId: crypto.randomUUID(),
      toUser: '',
      conversationId,
      contentType: '',
      content: new Uint8Array(0),
      change,
    })
    this.log.commit()
    await settled()
  }

  /** What it holds of sessions besides the registry. */
  get left() {
    const { presences, typing, rooms, coalescer } = this.core.ephemeral
    return {
      watching: presences.watches.sessionCount,
      watched: presences.watches.userCount,
      leaving: presences.leavingCount,
      typing: typing.size,
      rooms: rooms.size,
      inRooms: rooms.sessionCount,
      resting: coalescer.size,
    }
  }
}

export const NOTHING_LEFT = { watching: 0, watched: 0, leaving: 0, typing: 0, rooms: 0, inRooms: 0, resting: 0 }

/** A session of which every frame is seen at once. */
export class VirtualPeer implements Transport {
  readonly kind = 'tcp'
  readonly remoteAddress = '127.0.0.1'
  readonly keepsHeartbeat = true
  readonly pausesAlone = true
  bufferedBytes = 0
  readonly session: Session
  readonly #frames: Frame[] = []
  #handler: TransportHandler | undefined
  #nextId = 1

  constructor(core: Core, user: string, deviceClass: DeviceClass, instanceId: string) {
    const entry = core.gate.enter(this.remoteAddress)
    if ('code' in entry) throw new Error(entry.reason)
    const connection = new Connection(core, this, entry)
    connection.start()
    this.session = establishSession(core, connection, {
      userId: user,
      device: { id: `${user} ${deviceClass}`, class: deviceClass, instanceId, client: '' },
      intent: Intent.PERSON,
      formerGeneration: 0,
      expiresAt: core.clock.now() + 3_600_000,
      keyName: '',
    })
  }

  /** EVENTs since the last call. */
  events(): FleetingEvent[] {
    return this.#take(Commands.EVENT)
  }

  send<C extends Command>(command: C, body: BodyOf<C>): number {
    const requestId = this.#nextId++
    this.#handler?.received(encodeFrame(command, requestId, body).slice())
    return requestId
  }

  /** Asks, and gives the answer's body. */
  async ask<C extends Command, A extends Command>(command: C, body: BodyOf<C>, answer: A): Promise<BodyOf<A>> {
    const requestId = this.send(command, body)
    await settled()
    const at = this.#frames.findIndex((frame) => frame.requestId === requestId)
    const [frame] = this.#frames.splice(at, 1)
    if (at < 0 || frame?.command !== answer) throw new Error(`the answer was ${at < 0 ? 'none' : JSON.stringify(this.#body(frame))}`)
    return decodeBody(answer, frame.body)
  }

  /** Asks, and gives the code of the ERROR. */
  async refused<C extends Command>(command: C, body: BodyOf<C>): Promise<{ code: ErrorName; field: string }> {
    const { code, field } = await this.ask(command, body, Commands.ERROR)
    if (!(code in CODES)) throw new Error(`"${code}" is no code`)
    return { code: code as ErrorName, field }
  }

  watch(users: readonly string[], unwatch: readonly string[] = []) {
    return this.ask(Commands.WATCH, { users: [...users], unwatch: [...unwatch] }, Commands.WATCH_ACK).then(({ presence }) => presence)
  }

  /** The connection is gone. */
  ends(): void {
    this.#handler?.ended()
  }

  start(handler: TransportHandler): void {
    this.#handler = handler
  }

  write(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset)
    const [command, requestId] = [view.getUint8(5), view.getUint32(8)]
    this.#frames.push({ command, flags: 0, requestId, body: frame.slice(HEADER_BYTES) })
  }

  pause(): void {}
  resume(): void {}
  established(): void {}
  close(): void {
    this.ends()
  }

  #take<C extends Command>(command: C): BodyOf<C>[] {
    const found = this.#frames.filter((frame) => frame.command === command)
    for (const frame of found) this.#frames.splice(this.#frames.indexOf(frame), 1)
    return found.map(({ body }) => decodeBody(command, body))
  }

  #body(frame: Frame | undefined): unknown {
    return frame && decodeBody(frame.command as Command, frame.body)
  }
}

/** What promises do by themselves is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
