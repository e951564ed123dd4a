import type { BlockList } from 'node:net'
import type { CloseName } from '../../shared/codes.ts'
import type { Clock } from '../time/clock.ts'
import type { AccessList } from './access-list.ts'
import { contains, networkOf } from './ip-address.ts'

const WINDOW_MS = 60_000
/** Failed logins that an address has free; each one more doubles the wait. */
const FREE_FAILURES = 5
const FAILURE_DELAY = { firstMs: 1000, maxMs: 60_000 }

export interface GateLimits {
  readonly connectionsPerAddress: number
  readonly connectsPerAddressPerMinute: number
  readonly connectsPerNetworkPerMinute: number
  readonly unauthenticatedConnections: number
}

export interface Refusal {
  readonly code: CloseName
  readonly reason: string
}

interface AddressRecord {
  connections: number
  connects: number
  failures: number
  /** No LOGIN is tried before this. */
  loginAt: number
}

/** A peer's place inside. Every method may be called again without harm. */
export class Entry {
  readonly #gate: Gate
  readonly #record: AddressRecord | undefined
  #waiting = true
  #inside = true

  constructor(gate: Gate, record: AddressRecord | undefined) {
    this.#gate = gate
    this.#record = record
  }

  /** The peer has a session: it no longer counts as unauthenticated. */
  authenticated(): void {
    if (this.#waiting) this.#gate.unauthenticated--
    this.#waiting = false
  }

  /** Milliseconds until this address may try to log in; 0 for now. Here and below `now` is the clock's `elapsed`. */
  loginDelay(now: number): number {
    return Math.max(0, (this.#record?.loginAt ?? 0) - now)
  }

  loginFailed(now: number): void {
    if (!this.#record) return
    this.#record.failures++
    const over = this.#record.failures - FREE_FAILURES
    if (over >= 0) this.#record.loginAt = now + Math.min(FAILURE_DELAY.maxMs, FAILURE_DELAY.firstMs * 2 ** over)
  }

  leave(): void {
    this.authenticated()
    if (this.#inside && this.#record) this.#record.connections--
    this.#inside = false
  }
}

/**
 * Counts who comes in, by address and by network, and refuses whoever comes too often.
 * Networks on the exempt list (a balancer, the machine itself) are not counted. What is
 * remembered of an address goes with the minute, unless it is connected or being delayed.
 */
export class Gate {
  readonly #access: AccessList
  readonly #limits: GateLimits
  readonly #exempt: BlockList
  readonly #clock: Clock
  readonly #addresses = new Map<string, AddressRecord>()
  readonly #networks = new Map<string, number>()
  #windowEndsAt = 0
  /** Connections inside that have not logged in; kept by their entries. */
  unauthenticated = 0

  constructor(access: AccessList, limits: GateLimits, exempt: BlockList, clock: Clock) {
    this.#access = access
    this.#limits = limits
    this.#exempt = exempt
    this.#clock = clock
  }

  /** Lets the address in, or says why not. Nothing has been read from it yet. */
  enter(address: string): Entry | Refusal {
    this.#turnWindow()
    const denial = this.#access.refusalOf(address)
    if (denial) return { code: 'denied', reason: denial }
    if (this.unauthenticated >= this.#limits.unauthenticatedConnections) {
      return { code: 'overloaded', reason: 'Too many connections wait for their login.' }
    }
    // An edge that cannot tell its browsers' addresses reports none; it counts them itself.
    const record = address === '' || contains(this.#exempt, address) ? undefined : this.#recordOf(address)
    if (record) {
      const refusal = this.#count(address, record)
      if (refusal) return refusal
      record.connections++
    }
    this.unauthenticated++
    return new Entry(this, record)
  }

  #count(address: string, record: AddressRecord): Refusal | undefined {
    const network = networkOf(address)
    const fromNetwork = (this.#networks.get(network) ?? 0) + 1
    this.#networks.set(network, fromNetwork)
    record.connects++
    if (record.connects > this.#limits.connectsPerAddressPerMinute) {
      return { code: 'rate_exceeded', reason: 'Too many new connections from this address.' }
    }
    if (fromNetwork > this.#limits.connectsPerNetworkPerMinute) {
      return { code: 'rate_exceeded', reason: 'Too many new connections from this network.' }
    }
    if (record.connections >= this.#limits.connectionsPerAddress) {
      return { code: 'rate_exceeded', reason: 'Too many connections from this address.' }
    }
    return undefined
  }

  #recordOf(address: string): AddressRecord {
    const known = this.#addresses.get(address)
    if (known) return known
    const record = { connections: 0, connects: 0, failures: 0, loginAt: 0 }
    this.#addresses.set(address, record)
    return record
  }

  #turnWindow(): void {
    const now = this.#clock.elapsed()
    if (now < this.#windowEndsAt) return
    this.#windowEndsAt = now + WINDOW_MS
    this.#networks.clear()
    for (const [address, record] of this.#addresses) {
      record.connects = 0
      if (record.loginAt <= now) record.failures = 0
      if (record.connections === 0 && record.failures === 0) this.#addresses.delete(address)
    }
  }
}
