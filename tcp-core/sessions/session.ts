import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { RenewalRate } from '../limits/renewal-rate.ts'
import type { Clock } from '../time/clock.ts'
import type { Timed, TimingWheel } from '../time/timing-wheel.ts'
import { AckWait, type Admission } from './ack-wait.ts'
import type { Connection } from './connection.ts'
import type { Device } from './device.ts'
import { RequestQueue } from './request-queue.ts'
import { SendTargets } from './send-target.ts'
import type { TicketBox, TicketClaims } from './ticket.ts'
import type { TracedSession } from './traced-session.ts'
import type { User } from './user.ts'

/** R4: what a session may have delivered and unacknowledged. */
const MAX_UNACKED_MESSAGES = 256
const MAX_UNACKED_BYTES = 1024 * 1024
/** R7: after so many late acknowledgements in a row the session is stalled. */
const MAX_REMINDERS = 2

/** What a session takes of the core that it is in. */
export interface SessionParts {
  readonly config: { readonly ackTimeoutMs: number }
  readonly clock: Clock
  readonly deadlines: TimingWheel
  readonly tickets: TicketBox
}

/** A user's presence on one device, from LOGIN_ACK to the close. */
export class Session implements Timed {
  readonly user: User
  /** Its identity, as its ticket states it; only the expiry changes (L7). */
  claims: TicketClaims
  readonly connection: Connection
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** The same by the clock's `elapsed`. */
  readonly beganAt: number
  readonly ackWait: AckWait
  readonly targets: SendTargets
  readonly renewals = new RenewalRate()
  /** What traces keep of it. */
  readonly traced: TracedSession
  #requests: RequestQueue | undefined

  readonly #parts: SessionParts
  /** When the window last moved, or began to fill. */
  #ackProgressAt = 0
  /** How many times in a row its acknowledgement was late. */
  #reminders = 0
  #watched = false

  constructor(parts: SessionParts, connection: Connection, user: User, claims: TicketClaims) {
    this.#parts = parts
    this.connection = connection
    this.user = user
    this.claims = claims
    this.ackWait = new AckWait(MAX_UNACKED_MESSAGES, MAX_UNACKED_BYTES, user)
    this.startedAt = parts.clock.now()
    this.beganAt = parts.clock.elapsed()
    this.targets = new SendTargets(user.id)
    this.traced = { session: this.id, user: user.id, device: this.device.id, transport: connection.transport.kind, ended: undefined }
  }

  get id(): string {
    return this.claims.sessionId
  }

  get device(): Device {
    return this.claims.device
  }

  /** Of a user's sessions the later one has the higher generation (L5). */
  get generation(): number {
    return this.claims.generation
  }

  /** Its requests that ask the log; made when there is the first. */
  get requests(): RequestQueue {
    this.#requests ??= new RequestQueue(this.connection)
    return this.#requests
  }

  /** Pushes a DELIVER frame, or leaves it to be pulled if the client is behind (R4). */
  push(conversationId: string, seq: number, deliver: Uint8Array): Admission {
    const admission = this.ackWait.admit(conversationId, seq, deliver.length)
    if (admission === 'push') {
      this.connection.write(deliver)
      if (this.ackWait.messages === 1) this.#watchAcks()
    } else if (admission === 'gap') this.connection.send(Command.GAP, 0, { conversationId, lastSeq: seq })
    return admission
  }

  /** The client has everything up to `seq` (R3). */
  acknowledge(conversationId: string, seq: number): void {
    if (!this.ackWait.acknowledge(conversationId, seq)) return
    this.#ackProgressAt = this.#parts.clock.elapsed()
    this.#reminders = 0
  }

  /** R7: the deadline of what is unacknowledged. */
  due(now: number): number | undefined {
    if (!this.connection.isOpen || this.ackWait.messages === 0) {
      this.#watched = false
      return undefined
    }
    const { ackTimeoutMs } = this.#parts.config
    const deadline = this.#ackProgressAt + ackTimeoutMs * 2 ** this.#reminders
    if (now < deadline) return deadline
    if (this.#reminders === MAX_REMINDERS) {
      this.connection.close('stalled')
      return undefined
    }
    this.#reminders++
    for (const gap of this.ackWait.fallBehind()) this.connection.send(Command.GAP, 0, gap)
    return this.#ackProgressAt + ackTimeoutMs * 2 ** this.#reminders
  }

  /** The window begins to fill. One entry in the wheel serves until a look finds the window empty. */
  #watchAcks(): void {
    this.#ackProgressAt = this.#parts.clock.elapsed()
    if (this.#watched) return
    this.#watched = true
    this.#parts.deadlines.add(this, this.#ackProgressAt + this.#parts.config.ackTimeoutMs)
  }

  /** Ends this session because another one took its place (L4). */
  displacedBy(other: Session): void {
    this.connection.send(Command.KICK, 0, {
      deviceClass: other.device.class,
      deviceId: other.device.id,
      client: other.device.client,
      at: other.startedAt,
      generation: other.generation,
    })
    this.connection.close('displaced', CODES.displaced.meaning)
  }

  /** An edge keeps the ticket with the browser's socket (U5). */
  handTicket(): void {
    const { sessionId, userId, expiresAt } = this.claims
    this.connection.transport.established({ sessionId, userId, expiresAt, ticket: () => this.ticket() })
  }

  /** The ticket of the session as it is now. */
  ticket(): string {
    return this.#parts.tickets.seal(this.claims, this.#parts.clock.now())
  }

  /** What a log line says about it: no token, no content. */
  facts() {
    const { transport } = this.connection
    return { session: this.id, user: this.user.id, device: this.device.id, transport: transport.kind, remote: transport.remoteAddress }
  }
}
