import type { Logger } from 'pino'
import { type CloseName, CODES } from '../../shared/codes.ts'
import { type BodyOf, Command } from '../../shared/commands.ts'
import { CloseError, RequestError } from '../../shared/errors.ts'
import { encodeFrame, type Frame, HEADER_BYTES } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import type { Entry } from '../limits/gate.ts'
import { RateWindow } from '../limits/rate-window.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Clock } from '../time/clock.ts'
import type { Timed, TimingWheel } from '../time/timing-wheel.ts'
import type { Transport, TransportHandler } from '../transports/transport.ts'
import type { Session } from './session.ts'

/** Reading from a peer stops while this much waits to be written to it. */
const PAUSE_BYTES = 256 * 1024
/** A peer that lets this much pile up is ended as stalled; the log keeps what it has not got. */
const STALL_BYTES = 4 * 1024 * 1024

/** How long a session may outlive its token where the date is set forward. */
const DATE_LOOK_MS = 60_000

export interface ConnectionSettings {
  readonly maxFrameBytes: number
  readonly loginTimeoutMs: number
  readonly heartbeatTimeoutMs: number
  readonly sessionPacketsPerSecond: number
  readonly sessionBytesPerSecond: number
}

/** What a connection takes of the core that it is in. */
export interface ConnectionParts {
  readonly config: ConnectionSettings
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Login and heartbeat deadlines of all connections. */
  readonly deadlines: TimingWheel
  /** Takes a frame that is within the rate to its handler. */
  readonly handle: (connection: Connection, frame: Frame) => void
  /** The session's connection is closed, for this reason. */
  readonly sessionEnded: (session: Session, reason: CloseName) => void
}

type Phase =
  | { readonly name: 'login' }
  | { readonly name: 'authenticating' }
  | { readonly name: 'active'; readonly session: Session }
  | { readonly name: 'closed' }

/**
 * One peer on the wire: bytes to frames, frames to the router, replies and pushes back.
 * It lives before there is a session and outlives none.
 */
export class Connection implements TransportHandler, Timed {
  readonly transport: Transport
  /** Its place in the gate's books. */
  readonly entry: Entry
  /** When it began and when anything was last heard, by the clock's `elapsed`. */
  readonly startedAt: number
  lastTick: number
  packetsIn = 0
  packetsOut = 0
  bytesIn = 0
  bytesOut = 0
  /** Why it ended, once it has. */
  endReason: CloseName | undefined
  readonly #parts: ConnectionParts
  readonly #decoder: FrameDecoder
  readonly #take = (frame: Frame): boolean => {
    if (this.#withinRate(frame)) this.#parts.handle(this, frame)
    return this.#phase.name !== 'closed'
  }
  readonly #rate: RateWindow
  readonly #onEnded: () => void
  #phase: Phase = { name: 'login' }
  /** It is held because its own replies pile up. */
  #paused = false
  #holds = 0

  /** `onEnded` is called once the transport is over. */
  constructor(parts: ConnectionParts, transport: Transport, entry: Entry, onEnded: () => void = () => {}) {
    this.#parts = parts
    this.entry = entry
    this.#onEnded = onEnded
    this.transport = transport
    this.#decoder = new FrameDecoder(parts.config.maxFrameBytes)
    this.#rate = new RateWindow({
      packetsPerSecond: parts.config.sessionPacketsPerSecond,
      bytesPerSecond: parts.config.sessionBytesPerSecond,
    })
    this.startedAt = parts.clock.elapsed()
    this.lastTick = this.startedAt
  }

  get phase(): Phase['name'] {
    return this.#phase.name
  }

  get isOpen(): boolean {
    return this.#phase.name !== 'closed'
  }

  /** It is open, and the peer takes in what is written to it. */
  get isReading(): boolean {
    return this.isOpen && !this.#paused
  }

  /** The date of the last thing heard, in milliseconds since 1970 as the clock counts them now. */
  get heardAt(): number {
    const { clock } = this.#parts
    return clock.now() - (clock.elapsed() - this.lastTick)
  }

  /** The session, from LOGIN_ACK to the close. */
  get session(): Session | undefined {
    return this.#phase.name === 'active' ? this.#phase.session : undefined
  }

  start(): void {
    this.#parts.deadlines.add(this, this.startedAt + this.#parts.config.loginTimeoutMs)
    this.transport.start(this)
  }

  /** LOGIN is being checked; until it is, no other frame is taken. */
  authenticating(): void {
    this.#phase = { name: 'authenticating' }
  }

  activate(session: Session): void {
    this.#phase = { name: 'active', session }
    this.entry.authenticated()
    this.rescheduled()
  }

  /** Its session's deadline may be sooner than the one it waits for: that of LOGIN, or the expiry of an older token (L7). */
  rescheduled(): void {
    const { session } = this
    if (session) this.#parts.deadlines.add(this, this.#nextLook(session))
  }

  /** Puts a whole frame on its way. */
  write(frame: Uint8Array): void {
    if (this.#phase.name === 'closed') return
    this.packetsOut++
    this.bytesOut += frame.length
    this.#parts.metrics.totals.framesOut++
    this.#parts.metrics.totals.bytesOut += frame.length
    this.transport.write(frame)
    const buffered = this.transport.bufferedBytes
    // A frame never counts against itself: whoever reads promptly may be sent a large one.
    if (buffered - frame.length > STALL_BYTES) this.close('stalled')
    else if (buffered > PAUSE_BYTES && !this.#paused) {
      this.#paused = true
      this.pause()
    }
  }

  send<C extends Command>(command: C, requestId: number, body: BodyOf<C>): void {
    this.write(encodeFrame(command, requestId, body))
  }

  /** Answers one request with its error (E1). */
  refuse(requestId: number, error: RequestError): void {
    const { code, message, field, retryAfterMs } = error
    this.#parts.metrics.answeredError(code)
    this.send(Command.ERROR, requestId, { code, message, field, retryAfterMs })
  }

  /** Ends the connection and its session, telling the peer why (E2). */
  close(code: CloseName, reason: string = CODES[code].meaning): void {
    if (this.#end(code)) this.transport.close(CODES[code].close, reason)
  }

  received(chunk: Uint8Array): void {
    this.lastTick = this.#parts.clock.elapsed()
    try {
      this.#decoder.push(chunk, this.#take)
    } catch (error) {
      this.#fail(error)
    }
    this.session?.user.loopTime.charge(this.#parts.clock.elapsed() - this.lastTick)
  }

  receivedMessage(message: Uint8Array): void {
    this.received(message)
    // F3: a WebSocket message holds whole frames.
    if (this.#decoder.pendingBytes > 0) this.close('frame_malformed', 'A WebSocket message ends inside a frame.')
  }

  receivedText(): void {
    this.close('text_unexpected')
  }

  /** It counts as a packet; there is no request that an error could answer. */
  heardFrom(): void {
    this.lastTick = this.#parts.clock.elapsed()
    if (this.#rate.count(0, this.lastTick) === 'flood') this.close('rate_exceeded')
  }

  drained(): void {
    if (!this.#paused) return
    this.#paused = false
    this.resume()
    this.session?.requests.next()
  }

  /** Whether `pause` stops this peer alone. */
  get canWait(): boolean {
    return this.transport.pausesAlone
  }

  /** Stops reading from the peer until as many calls of `resume`: several may have their reasons. */
  pause(): void {
    if (this.#holds++ === 0) this.transport.pause()
  }

  resume(): void {
    if (--this.#holds === 0) this.transport.resume()
  }

  ended(): void {
    this.#end('connection_lost')
    this.entry.leave()
    this.#onEnded()
  }

  /** The one deadline of a connection: first for LOGIN (L1), then for silence (H1) and for its token's expiry (L7). */
  due(now: number): number | undefined {
    switch (this.#phase.name) {
      case 'login':
      case 'authenticating': {
        const deadline = this.startedAt + this.#parts.config.loginTimeoutMs
        if (now < deadline) return deadline
        this.close('login_timeout')
        return undefined
      }
      case 'active': {
        const { session } = this.#phase
        if (session.claims.expiresAt <= this.#parts.clock.now()) this.close('token_expired')
        else if (this.#silentAt <= now) this.close('heartbeat_timeout')
        else return this.#nextLook(session)
        return undefined
      }
      case 'closed':
        return undefined
    }
  }

  get #silentAt(): number {
    return this.transport.keepsHeartbeat ? Number.POSITIVE_INFINITY : this.lastTick + this.#parts.config.heartbeatTimeoutMs
  }

  /** The expiry is a date, and dates may be set. */
  #nextLook({ claims: { expiresAt } }: Session): number {
    const { clock } = this.#parts
    return Math.min(this.#silentAt, clock.elapsed() + Math.min(expiresAt - clock.now(), DATE_LOOK_MS))
  }

  /** Over the rate a request gets its error first; whoever goes on regardless is closed. */
  #withinRate(frame: Frame): boolean {
    const bytes = HEADER_BYTES + frame.body.length
    this.packetsIn++
    this.bytesIn += bytes
    this.#parts.metrics.totals.framesIn++
    this.#parts.metrics.totals.bytesIn += bytes
    const own = this.#rate.count(bytes, this.lastTick)
    const users = this.session?.user.rate.count(bytes, this.lastTick) ?? 'within'
    const debtMs = this.session?.user.loopTime.debtMs(this.lastTick) ?? 0
    if (own === 'within' && users === 'within' && debtMs === 0) return true
    if (own === 'flood' || users === 'flood') this.close('rate_exceeded')
    else if (debtMs > 0) {
      this.refuse(
        frame.requestId,
        new RequestError('rate_limited', 'Your frames took too much of the server’s time.', { retryAfterMs: Math.ceil(debtMs) }),
      )
    } else {
      const retryAfterMs = Math.max(this.#rate.remaining(this.lastTick), this.session?.user.rate.remaining(this.lastTick) ?? 0)
      this.refuse(frame.requestId, new RequestError('rate_limited', 'Too many frames or bytes in this second.', { retryAfterMs }))
    }
    return false
  }

  #fail(error: unknown): void {
    if (error instanceof CloseError) return this.close(error.code, error.message)
    this.#parts.logger.error({ err: error }, 'connection failed')
    this.close('internal_close')
  }

  /** Says whether it was still open. */
  #end(reason: CloseName): boolean {
    if (this.#phase.name === 'closed') return false
    const session = this.session
    this.endReason = reason
    this.#phase = { name: 'closed' }
    this.#parts.deadlines.remove(this)
    if (session) this.#parts.sessionEnded(session, reason)
    else this.#parts.metrics.closedBeforeLogin(reason)
    return true
  }
}
