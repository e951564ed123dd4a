import { type CloseName, CODES, closeNameOf } from '../shared/codes.ts'
import type { Kick } from '../shared/gen/hawser.ts'
import { type DeviceClassName, deviceClassName } from './device-class.ts'

/** The login that displaced this client (L4). */
export interface Displacer {
  /** What the other device is; undefined for a class that is newer than this client. */
  readonly deviceClass: DeviceClassName | undefined
  /** The id of the other device. */
  readonly deviceId: string
  /** The name and version of the application there, as it says itself. */
  readonly client: string
  /** When it logged in, in milliseconds since 1970. */
  readonly at: number
  /** The generation of its session: sessions of a user that begin later have greater ones (L5). */
  readonly generation: number
}

/** Why a connection ended, or a client closed for good. */
export interface ClosedReason {
  /**
   * The name of the close in the table of codes (docs/PROTOCOL.md, "Codes"); `connection_lost` for a number that has
   * none, `closed_by_user` after `client.close`.
   */
  readonly code: CloseName | 'closed_by_user'
  /** The number of the close, whose range says what a client does (E2); 1000 after `client.close`. */
  readonly number: number
  /** A sentence for people, in English. */
  readonly message: string
  /** With `displaced`: the login that took this client's place, where the server says it. */
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
