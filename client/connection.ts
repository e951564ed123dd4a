import { CODES } from '../shared/codes.ts'
import { Command } from '../shared/commands.ts'
import { CloseError, RequestError } from '../shared/errors.ts'
import { decodeBody, encodeFrame, type Frame } from '../shared/frame.ts'
import { FrameDecoder } from '../shared/frame-decoder.ts'
import type { Kick, Login, LoginAck } from '../shared/gen/hawser.ts'
import type { Clock } from './clock.ts'
import { type ClosedReason, closedReason, connectionLost } from './closed-reason.ts'
import { FrameWriter } from './frame-writer.ts'
import { Heartbeat } from './heartbeat.ts'
import { RENEWAL_ID } from './identifiers.ts'
import { type Outstanding, type Patience, Probe } from './probe.ts'
import { isRetryable } from './retryable.ts'
import { SendBudget, type SendLimits } from './send-budget.ts'
import type { OpenTransport, Transport, TransportHandlers } from './transport.ts'

/** A server may be set to a higher cap than the default; memory is taken for arrived bytes only (F1). */
const MAX_FRAME_BYTES = 16 * 1024 * 1024
/** Where the server asks for no heartbeat and the transport for none either. */
const DEFAULT_HEARTBEAT_MS = 25_000

export interface ConnectionHandlers {
  loggedIn(ack: LoginAck): void
  /** A frame of the session; after `loggedIn` only. */
  frame(frame: Frame): void
  /** Once. `comeBackAfterMs` is the server's wish (GOAWAY), else 0. */
  ended(reason: ClosedReason, comeBackAfterMs: number): void
  /** L7: the fresh token was not taken; the session goes on with the one it has. */
  renewalRefused(retryAfterMs: number): void
}

export interface ConnectionSettings {
  readonly open: OpenTransport
  readonly url: URL
  readonly login: Login
  readonly clock: Clock
  readonly patience: Patience
}

/** One connection from opening to end: LOGIN, heartbeat, and what the server says about the connection itself. */
export class Connection implements TransportHandlers {
  readonly #settings: ConnectionSettings
  readonly #handlers: ConnectionHandlers
  readonly #decoder = new FrameDecoder(MAX_FRAME_BYTES)
  readonly #transport: Transport
  readonly #writer: FrameWriter
  readonly #probe: Probe
  #heartbeat: Heartbeat | undefined
  /** From LOGIN_ACK on. */
  #budget: SendBudget | undefined
  #kick: Kick | undefined
  #comeBackAfterMs = 0
  #ended = false

  constructor(settings: ConnectionSettings, handlers: ConnectionHandlers) {
    this.#settings = settings
    this.#handlers = handlers
    this.#transport = settings.open(settings.url, settings.login.token, this)
    this.#writer = new FrameWriter((frames) => this.#transport.send(frames))
    this.#probe = new Probe(settings.clock, settings.patience, () => this.#transport.ping())
  }

  send(frame: Uint8Array): void {
    if (this.#ended) return
    if (this.#budget) this.#budget.send(frame)
    else this.#writer.write(frame)
  }

  /** H3: asks at once whether this connection lives. `dead` is called where no answer comes; it is for the caller to end it. */
  probe(outstanding: Outstanding, dead: (waitedMs: number) => void): void {
    if (!this.#ended && this.#heartbeat) this.#probe.ask(outstanding, dead)
  }

  /** L7: a fresh token for the session. */
  renew(token: string): void {
    this.send(encodeFrame(Command.LOGIN, RENEWAL_ID, { ...this.#settings.login, token }))
  }

  /** L6: the server answers with the close `logged_out`. */
  logout(): void {
    this.send(encodeFrame(Command.LOGOUT, 0, {}))
  }

  /** This side gives the connection up; `ended` is called. */
  end(reason: ClosedReason): void {
    if (this.#ended) return
    this.#writer.flush()
    this.#ended = true
    this.#heartbeat?.stop()
    this.#probe.stop()
    this.#budget?.stop()
    this.#transport.close()
    this.#handlers.ended(reason, this.#comeBackAfterMs)
  }

  onOpen(): void {
    this.send(encodeFrame(Command.LOGIN, 1, this.#settings.login))
  }

  onPong(): void {
    this.#heartbeat?.heard()
    this.#probe.heard()
  }

  onBytes(bytes: Uint8Array): void {
    this.#heartbeat?.heard()
    this.#probe.heard()
    try {
      this.#decoder.push(bytes, this.#take)
    } catch (error) {
      if (error instanceof CloseError) this.end(closedReason(error.number, `The server sent what is no frame. ${error.message}`))
      else if (error instanceof RequestError) this.end(closedReason(CODES.frame_malformed.close, error.message))
      else throw error
    }
  }

  onClose(reason: ClosedReason): void {
    this.end(closedReason(reason.number, reason.message, this.#kick))
  }

  readonly #take = (frame: Frame): boolean => {
    switch (frame.command) {
      case Command.PONG:
        break
      case Command.LOGIN_ACK:
        if (!this.#heartbeat) this.#loggedIn(decodeBody(Command.LOGIN_ACK, frame.body))
        break
      case Command.KICK:
        this.#kick = decodeBody(Command.KICK, frame.body)
        break
      case Command.GOAWAY:
        this.#comeBackAfterMs = decodeBody(Command.GOAWAY, frame.body).reconnectAfterMs
        break
      case Command.CLOSE: {
        const close = decodeBody(Command.CLOSE, frame.body)
        this.end(closedReason(close.code, close.reason, this.#kick))
        break
      }
      default:
        if (frame.command === Command.ERROR && frame.requestId === RENEWAL_ID && this.#heartbeat) {
          this.#handlers.renewalRefused(decodeBody(Command.ERROR, frame.body).retryAfterMs)
        } else if (this.#heartbeat) this.#handlers.frame(frame)
        else if (frame.command === Command.ERROR) this.#loginRefused(frame)
    }
    return !this.#ended
  }

  #loggedIn(ack: LoginAck): void {
    const half = ack.heartbeatTimeoutMs > 0 ? ack.heartbeatTimeoutMs / 2 : Number.POSITIVE_INFINITY
    const wanted = Math.min(half, this.#transport.maxHeartbeatMs)
    const intervalMs = Number.isFinite(wanted) ? wanted : DEFAULT_HEARTBEAT_MS
    this.#heartbeat = new Heartbeat(
      this.#settings.clock,
      intervalMs,
      () => this.#transport.ping(),
      () => this.end(connectionLost(`nothing was heard for ${2 * intervalMs} ms`)),
    )
    this.#budget = new SendBudget(this.#settings.clock, narrowest(ack), (frame) => this.#writer.write(frame))
    this.#handlers.loggedIn(ack)
  }

  /** A LOGIN with a bad field would be refused each time: as with `login_required`, somebody must change it. */
  #loginRefused(frame: Frame): void {
    const { code, message } = decodeBody(Command.ERROR, frame.body)
    this.end(isRetryable(code) ? connectionLost(message) : closedReason(CODES.login_required.close, `LOGIN was refused: ${message}`))
  }
}

/** What this session may send; other sessions of the user are not known, and share the user's. */
function narrowest(ack: LoginAck): SendLimits {
  const lesser = (one: number, other: number) => Math.min(one || other, other || one)
  return {
    framesPerSecond: lesser(ack.framesPerSecond, ack.userFramesPerSecond),
    bytesPerSecond: lesser(ack.bytesPerSecond, ack.userBytesPerSecond),
  }
}
