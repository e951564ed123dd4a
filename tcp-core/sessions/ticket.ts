import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { CloseError } from '../../shared/errors.ts'
import type { DeviceClass } from '../../shared/gen/hawser.ts'
import type { Device } from './device.ts'
import type { EndedTickets } from './ended-tickets.ts'

/** What a session is made of again on another uplink or another core. */
export interface TicketClaims {
  /** A UUID. */
  readonly sessionId: string
  readonly userId: string
  readonly device: Device
  readonly generation: number
  /** Milliseconds since 1970: that of the token of the login. */
  readonly expiresAt: number
  /** Of the key that signed that token, 16 hex digits. */
  readonly keyName: string
  /** Milliseconds since 1970: when that token was checked. */
  readonly since: number
}

export interface TicketRules {
  /** Signs tickets, */
  readonly key: Uint8Array
  /** and the one before it, of which tickets are taken still. */
  readonly previousKey?: Uint8Array | undefined
  /** A ticket holds no longer, whatever its token says. */
  readonly lifeMs: number
  readonly ended: EndedTickets
  /** Whether tokens of the key of this name are still taken. */
  readonly acceptsTokenKey: (keyName: string) => boolean
}

/*
 * A ticket is base64url of, big-endian:
 *   version u8 | key id, 4 bytes | session id, 16 | generation u64 | expiry u64 | since u48
 *   | sealed at u48 | name of the token's key, 8 | device class u8
 *   | user, device, instance, client, each with its length as u8 | HMAC-SHA-256, the first 16 bytes
 */
const VERSION = 1
const KEY_ID_BYTES = 4
const MAC_BYTES = 16
const UUID_BYTES = 16
const KEY_NAME_BYTES = 8
const FIXED_BYTES = 1 + KEY_ID_BYTES + UUID_BYTES + 8 + 8 + 6 + 6 + KEY_NAME_BYTES + 1
/** The longest texts (N1, L3), each with its length. */
const TEXT_BYTES = 1 + 128 + 3 * (1 + 64)
/** Characters of the longest ticket: an edge keeps it with its socket. */
export const MAX_TICKET_CHARACTERS = Math.ceil(((FIXED_BYTES + TEXT_BYTES + MAC_BYTES) * 4) / 3)
/** A clock that was set back makes tickets look as if they were of the future; more than this is no clock's. */
const MAX_AHEAD_MS = 86_400_000

interface Key {
  readonly id: Buffer
  readonly secret: Uint8Array
}

/**
 * Session tickets: signed by the core, opaque to whoever keeps them (docs/PROTOCOL.md, L8 and
 * U6). Only cores hold the key, so a compromised edge can mint nobody.
 */
export class TicketBox {
  readonly #rules: TicketRules
  readonly #key: Key
  readonly #keys: readonly Key[]

  constructor(rules: TicketRules) {
    this.#rules = rules
    this.#key = keyOf(rules.key)
    this.#keys = rules.previousKey ? [this.#key, keyOf(rules.previousKey)] : [this.#key]
  }

  seal(claims: TicketClaims, now: number): string {
    const { sessionId, userId, device, generation, expiresAt, keyName, since } = claims
    const texts = [userId, device.id, device.instanceId, device.client].map((text) => Buffer.from(text))
    const bytes = Buffer.alloc(FIXED_BYTES + texts.reduce((sum, { length }) => sum + 1 + length, 0) + MAC_BYTES)
    let at = bytes.writeUInt8(VERSION)
    at += this.#key.id.copy(bytes, at)
    at += bytes.write(sessionId.replaceAll('-', ''), at, UUID_BYTES, 'hex')
    at = bytes.writeBigUInt64BE(BigInt(Math.floor(generation)), at)
    at = bytes.writeBigUInt64BE(BigInt(Math.min(Math.max(Math.floor(expiresAt), 0), Number.MAX_SAFE_INTEGER)), at)
    at = bytes.writeUIntBE(Math.floor(since), at, 6)
    at = bytes.writeUIntBE(this.#rules.ended.stamp(Math.floor(now)), at, 6)
    bytes.write(keyName, at, KEY_NAME_BYTES, 'hex')
    at = bytes.writeUInt8(device.class, at + KEY_NAME_BYTES)
    for (const text of texts) {
      at = bytes.writeUInt8(text.length, at)
      at += text.copy(bytes, at)
    }
    mac(this.#key, bytes.subarray(0, at)).copy(bytes, at)
    return bytes.toString('base64url')
  }

  /** Throws CloseError `token_invalid` for what is no ticket, `token_expired` for one that holds no more: a fresh token helps there. */
  open(ticket: string, now: number): TicketClaims {
    const bytes = Buffer.from(ticket.length <= MAX_TICKET_CHARACTERS ? ticket : '', 'base64url')
    if (bytes.length < FIXED_BYTES + MAC_BYTES || bytes[0] !== VERSION) throw invalid()
    const key = this.#keys.find(({ id }) => bytes.subarray(1, 1 + KEY_ID_BYTES).equals(id))
    if (!key) throw over('The session ticket is of a key that is not in use any more.')
    const body = bytes.subarray(0, -MAC_BYTES)
    if (!timingSafeEqual(mac(key, body), bytes.subarray(-MAC_BYTES))) throw invalid()
    const { sealedAt, ...sealed } = read(body)
    const { lifeMs, ended, acceptsTokenKey } = this.#rules
    // Who once had the key chose what he liked: neither the beginning nor the end is believed beyond reason.
    if (sealed.since > now + MAX_AHEAD_MS) throw over('The session ticket is of a date to come.')
    const claims = { ...sealed, expiresAt: Math.min(sealed.expiresAt, sealed.since + lifeMs) }
    if (claims.expiresAt <= now) throw over("The session ticket is past its time, or its token's.")
    if (ended.has(claims.userId, sealedAt)) throw over('The session ticket was ended by a logout, a kick or a ban.')
    if (!acceptsTokenKey(claims.keyName)) throw over('The key that signed the token of this session is not taken any more.')
    return claims
  }
}

function read(bytes: Buffer): TicketClaims & { readonly sealedAt: number } {
  let at = 1 + KEY_ID_BYTES
  const id = bytes.toString('hex', at, at + UUID_BYTES)
  const sessionId = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-')
  at += UUID_BYTES
  const generation = Number(bytes.readBigUInt64BE(at))
  const expiresAt = Number(bytes.readBigUInt64BE(at + 8))
  const since = bytes.readUIntBE(at + 16, 6)
  const sealedAt = bytes.readUIntBE(at + 22, 6)
  const keyName = bytes.toString('hex', at + 28, at + 28 + KEY_NAME_BYTES)
  const deviceClass = bytes[at + 28 + KEY_NAME_BYTES] as DeviceClass
  at = FIXED_BYTES
  const text = (): string => {
    const length = bytes.readUInt8(at)
    at += 1 + length
    return bytes.toString('utf8', at - length, at)
  }
  const userId = text()
  const device = { id: text(), instanceId: text(), client: text(), class: deviceClass }
  return { sessionId, userId, device, generation, expiresAt, keyName, since, sealedAt }
}

function keyOf(secret: Uint8Array): Key {
  return { id: createHash('sha256').update('hawser ticket key').update(secret).digest().subarray(0, KEY_ID_BYTES), secret }
}

function mac(key: Key, body: Uint8Array): Buffer {
  return createHmac('sha256', key.secret).update(body).digest().subarray(0, MAC_BYTES)
}

function invalid(): CloseError {
  return new CloseError('token_invalid', 'The session ticket is not of this installation.')
}

function over(why: string): CloseError {
  return new CloseError('token_expired', why)
}
