import { createHmac, timingSafeEqual } from 'node:crypto'
import { CloseError } from '../shared/errors.ts'
import type { Device } from './device.ts'

/** What a session is made of again on another uplink or another core. */
export interface TicketClaims {
  readonly sessionId: string
  readonly userId: string
  readonly device: Device
  readonly generation: number
  /** Milliseconds since 1970: that of the token of the login. */
  readonly expiresAt: number
  /** Of the key that signed that token. */
  readonly keyName: string
}

/**
 * Session tickets: signed by the core, opaque to whoever keeps them (docs/PROTOCOL.md, U6).
 * Only cores hold the key, so a compromised edge can mint nobody.
 */
export class TicketBox {
  readonly #key: Uint8Array

  constructor(key: Uint8Array) {
    this.#key = key
  }

  seal(claims: TicketClaims): string {
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url')
    return `${body}.${this.#sign(body).toString('base64url')}`
  }

  /** Throws CloseError `token_invalid` or `token_expired`. */
  open(ticket: string, now: number): TicketClaims {
    const [body = '', signature = ''] = ticket.split('.')
    const given = Buffer.from(signature, 'base64url')
    const right = this.#sign(body)
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new CloseError('token_invalid', 'The session ticket is not of this installation.')
    }
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as TicketClaims
    if (claims.expiresAt <= now) throw new CloseError('token_expired', "The session is past its token's expiry.")
    return claims
  }

  #sign(body: string): Buffer {
    return createHmac('sha256', this.#key).update(body).digest()
  }
}
