import { Command } from '../../shared/commands.ts'
import { CloseError, RequestError } from '../../shared/errors.ts'
import { DeviceClass, type Login } from '../../shared/gen/hawser.ts'
import type { Connection } from '../connection.ts'
import type { Core } from '../core.ts'
import { establishSession } from '../establish-session.ts'
import { checkText } from './fields.ts'

/** LOGIN: checks the token, applies the login policy, answers LOGIN_ACK. */
export async function login(core: Core, connection: Connection, requestId: number, body: Login): Promise<void> {
  if (connection.phase !== 'login') throw new RequestError('already_logged_in', 'This connection has logged in before.')
  const device = deviceOf(body)
  refuseIfOverloaded(core, connection)
  const retryAfterMs = connection.entry.loginDelay()
  if (retryAfterMs > 0) throw new RequestError('rate_limited', 'Too many failed logins from this address.', { retryAfterMs })
  connection.authenticating()
  const identity = await core.verifyToken(body.token).catch((error: unknown) => {
    connection.entry.loginFailed()
    throw error
  })
  // The connection may have ended while the token was being checked.
  if (!connection.isOpen) return
  const session = establishSession(core, connection, {
    userId: identity.userId,
    expiresAt: identity.expiresAt,
    device,
    intent: body.intent,
    formerGeneration: body.generation,
  })
  connection.send(Command.LOGIN_ACK, requestId, {
    sessionId: session.id,
    userId: session.user.id,
    generation: session.generation,
    heartbeatTimeoutMs: connection.transport.keepsHeartbeat ? 0 : core.config.heartbeatTimeoutMs,
    serverTime: core.clock.now(),
    maxFrameBytes: core.config.maxFrameBytes,
  })
}

/** New logins wait before the sessions that exist begin to suffer. */
function refuseIfOverloaded(core: Core, connection: Connection): void {
  const reconnectAfterMs = core.overload.returnTime()
  if (reconnectAfterMs === undefined) return
  connection.send(Command.GOAWAY, 0, { reason: 'overloaded', reconnectAfterMs })
  throw new CloseError('overloaded')
}

function deviceOf(body: Login) {
  if (body.token === '') throw new CloseError('token_invalid', 'The LOGIN has no token.')
  checkText('device_id', body.deviceId, { min: 1, max: 64 })
  checkText('instance_id', body.instanceId, { min: 0, max: 64 })
  checkText('client', body.client, { min: 0, max: 64 })
  if (body.deviceClass === DeviceClass.DEVICE_CLASS_UNSPECIFIED) {
    throw new RequestError('field_invalid', '"device_class" is none of the known classes.', { field: 'device_class' })
  }
  return { id: body.deviceId, class: body.deviceClass, instanceId: body.instanceId, client: body.client }
}
