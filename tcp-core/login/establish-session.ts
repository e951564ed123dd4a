import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { CloseError } from '../../shared/errors.ts'
import { Intent } from '../../shared/gen/hawser.ts'
import type { AccessList } from '../limits/access-list.ts'
import type { Connection } from '../sessions/connection.ts'
import type { Device } from '../sessions/device.ts'
import type { Generations } from '../sessions/generations.ts'
import type { Registry } from '../sessions/registry.ts'
import { Session, type SessionParts } from '../sessions/session.ts'
import type { TicketClaims } from '../sessions/ticket.ts'
import { decideLogin, type LoginPolicy } from './login-policy.ts'
import type { SessionWatcher } from './session-watcher.ts'

/** What it takes to begin a session. */
export interface SessionBeginParts extends SessionParts {
  readonly config: SessionParts['config'] & { readonly loginPolicy: LoginPolicy; readonly sessionsPerUser: number }
  readonly logger: Logger
  readonly registry: Registry
  readonly generations: Generations
  readonly access: AccessList
  readonly ephemeral: SessionWatcher
}

/** A login whose token was checked. */
export interface Newcomer {
  readonly userId: string
  readonly device: Device
  readonly intent: Intent
  /** Of the session that this client held before, 0 for none. */
  readonly formerGeneration: number
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** Of the key that signed the token. */
  readonly keyName: string
}

/** Gives the connection a new session, ending those that the policy says. Throws CloseError `displaced`. */
export function establishSession(parts: SessionBeginParts, connection: Connection, newcomer: Newcomer): Session {
  return admit(parts, connection, newcomer, (newest) => ({
    sessionId: randomUUID(),
    userId: newcomer.userId,
    device: newcomer.device,
    generation: parts.generations.next(parts.clock.now(), newest),
    expiresAt: newcomer.expiresAt,
    keyName: newcomer.keyName,
    since: parts.clock.now(),
  }))
}

/**
 * Gives the connection the session of a ticket again (docs/PROTOCOL.md, L8 and U6). A client
 * that presents it has to be the one it was given to. Throws CloseError.
 */
export function restoreSession(parts: SessionBeginParts, connection: Connection, ticket: string, presentedBy?: Device): Session {
  const claims = parts.tickets.open(ticket, parts.clock.now())
  if (presentedBy && (presentedBy.id !== claims.device.id || presentedBy.instanceId !== claims.device.instanceId)) {
    throw new CloseError('token_invalid', 'The session ticket is of another device.')
  }
  const newcomer = { ...claims, intent: Intent.AUTOMATIC, formerGeneration: claims.generation }
  return admit(parts, connection, newcomer, () => claims)
}

function admit(parts: SessionBeginParts, connection: Connection, newcomer: Newcomer, make: (newest: number) => TicketClaims): Session {
  const banned = parts.access.refusalOfUser(newcomer.userId)
  if (banned) throw new CloseError('denied', banned)
  const user = parts.registry.userOrNew(newcomer.userId)
  const decision = decideLogin(parts.config.loginPolicy, user.sessions, {
    device: newcomer.device,
    intent: newcomer.intent,
    generation: newcomer.formerGeneration,
  })
  if (!decision.admitted) {
    throw new CloseError('displaced', `The user is signed in on device "${decision.by.device.id}" since then.`)
  }
  if (user.sessions.size - decision.displaced.length - decision.replaced.length >= parts.config.sessionsPerUser) {
    throw new CloseError('too_many_sessions', `The user has ${user.sessions.size} sessions; ${parts.config.sessionsPerUser} are allowed.`)
  }
  let newest = newcomer.formerGeneration
  for (const other of user.sessions) newest = Math.max(newest, other.generation)
  const claims = make(newest)
  const session = new Session(parts, connection, user, claims)
  for (const other of decision.displaced) other.displacedBy(session)
  for (const other of decision.replaced) other.connection.close('replaced')
  parts.registry.add(session)
  connection.activate(session)
  session.handTicket()
  parts.ephemeral.began(session)
  parts.logger.info({ ...session.facts(), generation: session.generation }, 'session began')
  return session
}

/** The session goes on until the end of a fresh token (L7). */
export function renewSession(
  parts: SessionBeginParts,
  session: Session,
  { expiresAt, keyName }: Pick<Newcomer, 'expiresAt' | 'keyName'>,
): void {
  session.claims = { ...session.claims, expiresAt, keyName, since: parts.clock.now() }
  session.connection.rescheduled()
  session.handTicket()
}
