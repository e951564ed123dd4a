import type { Presence as PresenceBody } from '../shared/gen/hawser.ts'
import { type DeviceClassName, deviceClassName } from './device-class.ts'

/** Whether a user is there, as far as this one may see it (T2). */
export interface Presence {
  readonly userId: string
  /** On devices of which classes the user is online; empty: offline, or not to be seen. */
  readonly online: readonly DeviceClassName[]
  /** When the last session ended, in milliseconds since 1970; 0 where that is not known, or the user is online. */
  readonly lastSeen: number
  /** What the user says of himself; '' where that is nothing, or not to be seen. */
  readonly status: string
}

/** A class of device that is newer than this client counts as a service: the user is there. */
export function presenceOf({ userId, online, lastSeen, status }: PresenceBody): Presence {
  return { userId, online: online.map((number) => deviceClassName(number) ?? 'service'), lastSeen, status }
}
