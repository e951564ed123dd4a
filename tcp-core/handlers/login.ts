import { Command } from '../../shared/commands.ts'
import { CloseError, RequestError } from '../../shared/errors.ts'
import { checkId, checkText } from '../../shared/fields.ts'
import { DeviceClass, Intent, type Login, type LoginAck } from '../../shared/gen/hawser.ts'
import type { TokenVerifier } from '../../shared/token.ts'
import type { Overload } from '../limits/overload.ts'
import { establishSession, renewSession, restoreSession, type SessionBeginParts } from '../login/establish-session.ts'
import type { Connection, ConnectionSettings } from '../sessions/connection.ts'
import type { Device } from '../sessions/device.ts'
import type { Session } from '../sessions/session.ts'

export interface LoginParts extends SessionBeginParts {
  readonly config: SessionBeginParts['config'] &
    ConnectionSettings & { readonly maxContentBytes: number; readonly userPacketsPerSecond: number; readonly userBytesPerSecond: number }
  readonly verifyToken: TokenVerifier
  readonly overload: Overload
}

const KNOWN_CLASSES: ReadonlySet<number> = new Set(Object.values(DeviceClass))
/** By then a JWKS has been looked at again. */
const KEY_RETRY_MS = 10_000

/** LOGIN: checks the token, applies the login policy, answers LOGIN_ACK. In a session it renews it. */
export async function login(parts: LoginParts, connection: Connection, requestId: number, body: Login): Promise<void> {
  if (connection.session) return renew(parts, connection.session, requestId, body)
  if (connection.phase !== 'login') throw new RequestError('already_logged_in', 'This connection is logging in already.')
  const device = deviceOf(body)
  refuseIfOverloaded(parts, connection)
  const retryAfterMs = connection.entry.loginDelay(parts.clock.elapsed())
  if (retryAfterMs > 0) throw new RequestError('rate_limited', 'Too many failed logins from this address.', { retryAfterMs })
  const resume = resumeByTicket(parts, connection, body, device)
  if (resume?.session) return acknowledge(parts, resume.session, requestId, { resumed: true, resumeRefusal: '' })
  connection.authenticating()
  const identity = await parts.verifyToken(body.token).catch((error: unknown) => {
    // A key that is not known yet is not the peer's fault.
    if (!(error instanceof CloseError && error.code === 'key_unknown')) connection.entry.loginFailed(parts.clock.elapsed())
    throw error
  })
  // The connection may have ended while the token was being checked.
  if (!connection.isOpen) return
  const session = establishSession(parts, connection, {
    userId: identity.userId,
    expiresAt: identity.expiresAt,
    keyName: identity.keyName,
    device,
    intent: body.intent,
    formerGeneration: body.generation,
  })
  acknowledge(parts, session, requestId, { resumed: false, resumeRefusal: resume?.refusal ?? '' })
}

/**
 * L8: goes on with the session of a ticket. A ticket that does not hold is no reason to
 * refuse the login, as long as there is a token: the client is told why, and starts anew.
 */
function resumeByTicket(parts: LoginParts, connection: Connection, body: Login, device: Device) {
  if (body.ticket === '') return undefined
  try {
    return { session: restoreSession(parts, connection, body.ticket, device) }
  } catch (error) {
    if (!(error instanceof CloseError)) throw error
    if (body.token === '') {
      // A ticket that has merely expired is no attempt at anything.
      if (error.code === 'token_invalid') connection.entry.loginFailed(parts.clock.elapsed())
      throw error
    }
    // L5: by itself a displaced client stays out, for its person it displaces in turn.
    if (error.code === 'displaced' && body.intent === Intent.AUTOMATIC) throw error
    return { refusal: error.code }
  }
}

/** L7: a fresh token for the session. One that does not hold leaves it as it is. */
async function renew(parts: LoginParts, session: Session, requestId: number, body: Login): Promise<void> {
  const waitMs = session.renewals.take(parts.clock.elapsed())
  if (waitMs > 0) throw new RequestError('rate_limited', 'The session renews its token too often.', { retryAfterMs: waitMs })
  const identity = await parts.verifyToken(body.token).catch((cause: unknown) => {
    if (!(cause instanceof CloseError)) throw cause
    const retryAfterMs = cause.code === 'key_unknown' ? KEY_RETRY_MS : 0
    throw new RequestError('token_refused', cause.message, { cause, field: 'token', retryAfterMs })
  })
  if (!session.connection.isOpen) return
  if (identity.userId !== session.user.id) {
    throw new RequestError('already_logged_in', 'This connection is a session of another user.', { field: 'token' })
  }
  renewSession(parts, session, identity)
  acknowledge(parts, session, requestId, { resumed: false, resumeRefusal: '' })
}

function acknowledge(parts: LoginParts, session: Session, requestId: number, resume: Pick<LoginAck, 'resumed' | 'resumeRefusal'>): void {
  const { connection } = session
  connection.send(Command.LOGIN_ACK, requestId, {
    sessionId: session.id,
    userId: session.user.id,
    generation: session.generation,
    heartbeatTimeoutMs: connection.transport.keepsHeartbeat ? 0 : parts.config.heartbeatTimeoutMs,
    serverTime: parts.clock.now(),
    maxFrameBytes: parts.config.maxFrameBytes,
    maxContentBytes: parts.config.maxContentBytes,
    framesPerSecond: parts.config.sessionPacketsPerSecond,
    bytesPerSecond: parts.config.sessionBytesPerSecond,
    userFramesPerSecond: parts.config.userPacketsPerSecond,
    userBytesPerSecond: parts.config.userBytesPerSecond,
    ticket: session.ticket(),
    ...resume,
  })
}

/** New logins wait before the sessions that exist begin to suffer. */
function refuseIfOverloaded(parts: LoginParts, connection: Connection): void {
  const reconnectAfterMs = parts.overload.returnTime()
  if (reconnectAfterMs === undefined) return
  connection.send(Command.GOAWAY, 0, { reason: 'overloaded', reconnectAfterMs })
  throw new CloseError('overloaded')
}

function deviceOf(body: Login): Device {
  if (body.token === '' && body.ticket === '') throw new CloseError('token_invalid', 'The LOGIN has no token.')
  checkId('device_id', body.deviceId, { min: 1, max: 64 })
  checkId('instance_id', body.instanceId, { min: 0, max: 64 })
  checkText('client', body.client, { min: 0, max: 64 })
  if (body.deviceClass === DeviceClass.DEVICE_CLASS_UNSPECIFIED || !KNOWN_CLASSES.has(body.deviceClass)) {
    throw new RequestError('field_invalid', '"device_class" is none of the known classes.', { field: 'device_class' })
  }
  return { id: body.deviceId, class: body.deviceClass, instanceId: body.instanceId, client: body.client }
}
