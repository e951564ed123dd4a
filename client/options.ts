import type { BackoffOptions } from './backoff.ts'
import { type Clock, systemClock } from './clock.ts'
import type { DeviceClassName } from './device-class.ts'
import { deviceIds } from './device-id.ts'

export type TokenSource = string | (() => string | Promise<string>)

export interface ClientOptions {
  /** The user's JWT, or what fetches one; a function is asked anew for each connection, and before a token in use expires. */
  token: TokenSource
  /**
   * Names the device over restarts, 1 to 64 bytes (L3). A browser needs none: the client keeps one for each user in the
   * origin's localStorage, and tabs are copies on that device. In Node, and wherever there is no localStorage, give one that
   * your application keeps: without it each client is a device of its own, whose login may end another's session (L4).
   */
  deviceId?: string
  deviceClass?: DeviceClassName
  /** Name and version of the application, for operators. */
  client?: string
  /**
   * What is shown of the time before the first login: `undelivered`, the messages of others that
   * reached no device of the user (the default), or `now`, nothing.
   */
  startFrom?: 'undelivered' | 'now'
  /** False for a short errand that is about no messages of others: none is shown, nor acknowledged for the user's other copies. */
  receive?: boolean
  /** How long a login or a request may stay unanswered. Sends wait as long as it takes. */
  requestTimeoutMs?: number
  backoff?: BackoffOptions
  /** Who asked for the first login; what the client does later by itself is automatic (L5). */
  intent?: 'person' | 'automatic'
  clock?: Clock
  /** From 0 up to 1. */
  random?: () => number
}

export interface ResolvedOptions extends Required<Omit<ClientOptions, 'deviceId'>> {
  deviceIdOf(user: string): string
}

export function resolveOptions(options: ClientOptions, deviceClass: DeviceClassName): ResolvedOptions {
  const { deviceId } = options
  return {
    token: options.token,
    deviceIdOf: deviceId === undefined ? deviceIds() : () => deviceId,
    deviceClass: options.deviceClass ?? deviceClass,
    client: options.client ?? 'hawser-js',
    startFrom: options.startFrom ?? 'undelivered',
    receive: options.receive ?? true,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    backoff: options.backoff ?? { baseMs: 500, maxMs: 30_000 },
    intent: options.intent ?? 'person',
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  }
}
