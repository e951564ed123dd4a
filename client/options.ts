import type { BackoffOptions } from './backoff.ts'
import { type Clock, systemClock } from './clock.ts'
import type { DeviceClassName } from './device-class.ts'
import { deviceIds } from './device-id.ts'

/** The user's JWT (L2), or a function that gives one or fetches one. */
export type TokenSource = string | (() => string | Promise<string>)

/** How a client connects. Only `token` is required. */
export interface ClientOptions {
  /**
   * The user's JWT, or what fetches one. A function is asked anew for each connection, and before a token in use
   * expires; where it rejects, the client tries again with back-off. With a string the client closes for good when
   * the token has expired.
   */
  token: TokenSource
  /**
   * Names the device over restarts, 1 to 64 bytes (L3). A browser needs none: the client keeps one for each user in the
   * origin's localStorage, and tabs are copies on that device. In Node, and wherever there is no localStorage, give one that
   * your application keeps: without it each client is a device of its own, whose login may end another's session (L4).
   */
  deviceId?: string
  /** What kind of device this is: `web` by default, in Node `desktop`. The login policy counts by it (L4). */
  deviceClass?: DeviceClassName
  /** Name and version of the application, for operators; at most 64 bytes, `hawser-js` by default. */
  client?: string
  /**
   * What is shown of the time before the first login: `undelivered`, the messages of others that
   * reached no device of the user (the default), or `now`, nothing.
   */
  startFrom?: 'undelivered' | 'now'
  /**
   * False for a short errand that is about no messages of others: none is shown, nor acknowledged for the user's
   * other copies. True by default.
   */
  receive?: boolean
  /** For how many milliseconds a login or a request may stay unanswered; 10,000 by default. Sends wait as long as it takes. */
  requestTimeoutMs?: number
  /** How long the client waits between attempts to connect; `{ baseMs: 500, maxMs: 30_000 }` by default. */
  backoff?: BackoffOptions
  /** Who asked for the first login: `person` by default. What the client does later by itself is automatic (L5). */
  intent?: 'person' | 'automatic'
  /** The client's source of time, for tests; the system's by default. */
  clock?: Clock
  /** Gives numbers from 0 up to, but not including, 1, for the back-off, for tests; `Math.random` by default. */
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
