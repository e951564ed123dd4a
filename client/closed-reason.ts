import { type CloseName, CODES, closeNameOf } from '../shared/codes.ts'
import type { Kick } from '../shared/gen/hawser.ts'
import { type DeviceClassName, deviceClassName } from './device-class.ts'

/** The login that displaced this client (L4). */
export interface Displacer {
  readonly deviceClass: DeviceClassName | undefined
  readonly deviceId: string
  readonly client: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly generation: number
}

/** Why a connection ended, or a client closed for good. */
export interface ClosedReason {
  /** The row in CODES; `connection_lost` for a number that has none. */
  readonly code: CloseName | 'closed_by_user'
  readonly number: number
  readonly message: string
  readonly by?: Displacer
}

export const CLOSED_BY_USER: ClosedReason = { code: 'closed_by_user', number: 1000, message: 'The client was closed.' }

/** From the number of a close; a message of its own is better than the table's. */
export function closedReason(number: number, message: string, kick?: Kick): ClosedReason {
  const code = closeNameOf(number) ?? 'connection_lost'
  const reason = { code, number, message: message || CODES[code].meaning }
  if (!kick) return reason
  const { deviceClass, deviceId, client, at, generation } = kick
  return { ...reason, by: { deviceClass: deviceClassName(deviceClass), deviceId, client, at, generation } }
}

/** The connection ended without a close, or this side gave it up. */
export function connectionLost(message: string): ClosedReason {
  return closedReason(CODES.connection_lost.close, message)
}
