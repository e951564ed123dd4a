import { adviceOf, CODES } from '../shared/codes.ts'
import type { Frame } from '../shared/frame.ts'
import { Intent, type Login, type LoginAck } from '../shared/gen/hawser.ts'
import { Backoff } from './backoff.ts'
import type { Cancel } from './clock.ts'
import { CLOSED_BY_USER, type ClosedReason, closedReason, connectionLost } from './closed-reason.ts'
import { Connection, type ConnectionHandlers } from './connection.ts'
import { deviceClassNumber } from './device-class.ts'
import { randomId } from './identifiers.ts'
import type { ResolvedOptions } from './options.ts'
import { type Outstanding, Patience } from './probe.ts'
import { ServerDate } from './server-date.ts'
import { claimsOf } from './token-claims.ts'
import { TokenRenewal } from './token-renewal.ts'
import type { OpenTransport } from './transport.ts'

/**
 * What a client does. `connecting`: connects, or logs in. `syncing`: is logged in and pulls what it has missed.
 * `online`: has everything. `waiting`: waits for its next attempt. `closed`: has ended for good, or until
 * `reconnect`.
 */
export type ClientState = 'connecting' | 'syncing' | 'online' | 'waiting' | 'closed'

export interface ConnectionLoopHandlers {
  stateChanged(state: ClientState): void
  loggedIn(connection: Connection, ack: LoginAck): void
  frame(frame: Frame): void
  /** After `loggedIn`, when that connection is gone. */
  disconnected(): void
  /** What is on its way to the server or from it. */
  outstanding(): Outstanding
  /** In state `closed`. */
  closed(reason: ClosedReason): void
}

/** A connection that was online this long was a good one: the next back-off begins small again. */
const STABLE_MS = 10_000
/** Attempts that the system's word brings forward are not nearer to each other. */
const HURRY_MS = 1_000
/** How long the answer to LOGOUT is waited for. */
const LOGOUT_MS = 2_000

/** Keeps one connection, as the codes of its ends advise (E2): again with back-off, again with a fresh token, or no more. */
export class ConnectionLoop implements ConnectionHandlers {
  readonly #url: URL
  readonly #open: OpenTransport
  readonly #options: ResolvedOptions
  readonly #handlers: ConnectionLoopHandlers
  readonly #backoff: Backoff
  readonly #instanceId = randomId()
  readonly #patience = new Patience()
  /** The server's, as far as it is known. */
  readonly date: ServerDate
  #state: ClientState = 'connecting'
  #intent: Intent
  /** Of the session held last (L5); 0 before the first. */
  #generation = 0
  /** Of the session held last (L8). */
  #ticket = ''
  /** Counts up with each attempt and its end: a token that comes later is nobody's. */
  #attempt = 0
  #connection: Connection | undefined
  #loggedIn = false
  /** The token of this attempt. */
  #token = ''
  /** While there is a session and the token can be fetched anew. */
  #renewal: TokenRenewal | undefined
  /** The time limit of an attempt, the wait for the next one, or that for the answer to LOGOUT. */
  #cancelTimer: Cancel = () => {}
  #onlineSince = Number.POSITIVE_INFINITY
  #attemptAt = Number.NEGATIVE_INFINITY
  /** The server said when to come back (E4). */
  #bidden = false
  /** When a person, or the system, last asked whether the connection lives; by `elapsed`. */
  #personAt = Number.NEGATIVE_INFINITY
  #systemAt = Number.NEGATIVE_INFINITY
  /** The connection was given up because somebody asked: the next attempt does not wait. */
  #atOnce = false
  #freshTokenTried = false
  /** Of the attempt before this one, where this one is to have another. */
  #expiredToken: string | undefined
  #failure: ClosedReason | undefined
  /** Set by `close`. */
  #closing: PromiseWithResolvers<void> | undefined

  constructor(url: URL, open: OpenTransport, options: ResolvedOptions, handlers: ConnectionLoopHandlers) {
    this.#url = url
    this.#open = open
    this.#options = options
    this.#handlers = handlers
    this.date = new ServerDate(options.clock)
    this.#backoff = new Backoff(options.backoff, options.random)
    this.#intent = options.intent === 'person' ? Intent.PERSON : Intent.AUTOMATIC
  }

  get state(): ClientState {
    return this.#state
  }

  /** Why the last connection or attempt ended; undefined while one is well. */
  get failure(): ClosedReason | undefined {
    return this.#failure
  }

  get isClosing(): boolean {
    return this.#closing !== undefined
  }

  start(): void {
    const { clock, requestTimeoutMs } = this.#options
    const attempt = ++this.#attempt
    this.#attemptAt = clock.elapsed()
    this.#setState('connecting')
    if (attempt !== this.#attempt) return // a listener closed the client
    this.#cancelTimer = clock.after(requestTimeoutMs, () => this.#giveUp(`no answer to LOGIN within ${requestTimeoutMs} ms`))
    this.#fetchToken().then(
      (token) => attempt === this.#attempt && this.#dial(token),
      (error: Error) => attempt === this.#attempt && this.#giveUp(`no token: ${error.message}`),
    )
  }

  /** At once, unless the token that comes is the one that has expired: then as after any other failure. */
  #startFresh(): void {
    this.#expiredToken = this.#token
    this.start()
  }

  /** The connection that this loop holds cannot be gone on with. */
  drop(message: string): void {
    if (this.#loggedIn) this.#giveUp(message)
  }

  /** The first sync is done. */
  synced(): void {
    if (!this.#loggedIn) return
    this.#onlineSince = this.#options.clock.elapsed()
    this.#setState('online')
  }

  /** A person asks: no more waiting, and a login that displaces (L5). A connection that is there is tested (H3). */
  reconnect(): void {
    if (this.isClosing) return
    this.#personAt = this.#options.clock.elapsed()
    if (this.#state !== 'waiting' && this.#state !== 'closed') return this.doubt()
    this.#cancelTimer()
    this.#backoff.reset()
    this.#intent = Intent.PERSON
    this.start()
  }

  /** The system says that the line may be another one: a connection is tested, and a wait that is this client's own is over. */
  check(): void {
    if (this.isClosing || this.#state === 'closed') return
    const now = this.#options.clock.elapsed()
    this.#systemAt = now
    if (this.#state !== 'waiting') return this.doubt()
    if (this.#bidden || now - this.#attemptAt < HURRY_MS) return
    this.#cancelTimer()
    this.start()
  }

  /** Something says that the connection may be dead (H3). */
  doubt(): void {
    if (this.#loggedIn) return this.#connection?.probe(this.#handlers.outstanding(), this.#dead)
    // An attempt by a line that is gone would wait for its whole time.
    const now = this.#options.clock.elapsed()
    if (this.#state === 'connecting' && now - this.#attemptAt >= HURRY_MS) this.#dead(now - this.#attemptAt)
  }

  /** Logs out if there is a session (L6). Resolves when the connection is gone. */
  close(): Promise<void> {
    if (this.#closing) return this.#closing.promise
    this.#closing = Promise.withResolvers()
    const { promise } = this.#closing
    if (this.#loggedIn) {
      this.#connection?.logout()
      this.#cancelTimer = this.#options.clock.after(LOGOUT_MS, () => this.#giveUp('no answer to LOGOUT'))
    } else if (this.#state === 'closed') {
      this.#closing.resolve()
    } else {
      this.#giveUp('closed before LOGIN_ACK')
    }
    return promise
  }

  async #fetchToken(): Promise<string> {
    const { token } = this.#options
    return typeof token === 'string' ? token : token()
  }

  #dial(token: string): void {
    const isExpired = token === this.#expiredToken
    this.#expiredToken = undefined
    if (isExpired) return this.ended(closedReason(CODES.token_expired.close, 'The token has expired, and there is no fresh one.'), 0)
    this.#token = token
    const { clock, deviceIdOf, deviceClass, client } = this.#options
    const login: Login = {
      token,
      // A token that names no user is none that a server takes.
      deviceId: deviceIdOf(claimsOf(token).user ?? ''),
      deviceClass: deviceClassNumber(deviceClass),
      instanceId: this.#instanceId,
      intent: this.#intent,
      generation: this.#generation,
      client,
      ticket: this.#ticket,
    }
    try {
      this.#connection = new Connection({ open: this.#open, url: this.#url, login, clock, patience: this.#patience }, this)
    } catch (error) {
      this.#giveUp((error as Error).message)
    }
  }

  loggedIn(ack: LoginAck): void {
    const connection = this.#connection
    if (!connection) return
    this.#cancelTimer()
    this.#loggedIn = true
    this.#failure = undefined
    this.#intent = Intent.AUTOMATIC
    this.#generation = ack.generation
    this.date.heard(ack.serverTime)
    this.#ticket = ack.ticket
    this.#renewal = this.#renewalOf(connection)
    this.#handlers.loggedIn(connection, ack)
    this.#setState('syncing')
  }

  frame(frame: Frame): void {
    this.#handlers.frame(frame)
  }

  renewalRefused(retryAfterMs: number): void {
    this.#renewal?.refused(retryAfterMs)
  }

  ended(reason: ClosedReason, comeBackAfterMs: number): void {
    const { clock, token } = this.#options
    const hadSession = this.#loggedIn
    if (clock.elapsed() - this.#onlineSince >= STABLE_MS) {
      this.#backoff.reset()
      this.#freshTokenTried = false
    }
    this.#attempt++
    this.#cancelTimer()
    this.#connection = undefined
    this.#loggedIn = false
    this.#renewal?.stop()
    this.#onlineSince = Number.POSITIVE_INFINITY
    this.#failure = reason
    if (hadSession) this.#handlers.disconnected()
    if (this.#closing) return this.#finish(CLOSED_BY_USER)
    switch (adviceOf(reason.number)) {
      case 'stop':
        // L4: no other copy has this one's instance id, so it was an attempt of its own that had been given up and came late.
        if (reason.code === 'replaced') break
        return this.#finish(reason)
      case 'fresh-token':
        if (typeof token === 'string') return this.#finish(reason)
        // E2: once at once, and not again before a session has lasted: one may be given that ends with its token at once.
        if (this.#freshTokenTried) break
        this.#freshTokenTried = true
        return this.#startFresh()
      case 'back-off':
        break
    }
    if (this.#atOnce) {
      this.#atOnce = false
      return this.start()
    }
    // E4: a drain gives everybody a time of its own; who is refused at LOGIN goes on backing off.
    const drained = hadSession && comeBackAfterMs > 0
    this.#cancelTimer = clock.after(drained ? comeBackAfterMs : comeBackAfterMs + this.#backoff.next(), () => this.start())
    this.#bidden = comeBackAfterMs > 0
    this.#setState('waiting')
  }

  #renewalOf(connection: Connection): TokenRenewal | undefined {
    const { clock, token } = this.#options
    if (typeof token === 'string') return undefined
    return new TokenRenewal(
      clock,
      this.date,
      this.#token,
      () => this.#fetchToken(),
      (fresh) => connection.renew(fresh),
    )
  }

  /** No answer came for so long. Who asked meanwhile does not wait for the back-off. */
  readonly #dead = (waitedMs: number): void => {
    const since = this.#options.clock.elapsed() - waitedMs
    if (this.#personAt >= since) this.#intent = Intent.PERSON
    this.#atOnce = Math.max(this.#personAt, this.#systemAt) >= since
    this.#giveUp(`no answer within ${Math.round(waitedMs)} ms`)
  }

  #giveUp(message: string): void {
    const reason = connectionLost(message)
    if (this.#connection) this.#connection.end(reason)
    else this.ended(reason, 0)
  }

  #finish(reason: ClosedReason): void {
    this.#state = 'closed'
    this.#handlers.closed(reason)
    this.#closing?.resolve()
  }

  #setState(state: ClientState): void {
    this.#state = state
    this.#handlers.stateChanged(state)
  }
}
