import type { KeyObject } from 'node:crypto'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { SignJWT } from 'jose'
import { WebSocket } from 'ws'
import { DEFAULT_MAX_FRAME_BYTES } from '../../shared/frame.ts'
import { UPLINK_AUDIENCE, UPLINK_FRAME_OVERHEAD_BYTES, UPLINK_SUBPROTOCOL, UPLINK_TOKEN_SECONDS } from '../../shared/uplink.ts'
import { clockAhead, clockAheadWords, refusalWords } from './edge-answer.ts'
import { type CoreIdentity, Uplink, type UplinkParts } from './uplink.ts'

const HANDSHAKE_TIMEOUT_MS = 5000
const BACKOFF = { baseMs: 250, maxMs: 10_000 }
/** An uplink that stood for this long was a good one: the next loss starts the back-off anew. */
const STABLE_MS = 10_000

/** An uplink as an operator sees it. */
export interface UplinkView {
  readonly shard: string
  readonly state: 'up' | 'down'
  /** Why it is down; empty while it is up. */
  readonly why: string
  readonly openedAt: string | null
  /** Milliseconds by which the core's clock was ahead of the edge's at the last dial; null where that is not known. */
  readonly clockAheadMs: number | null
  readonly generation: number
  /** Whether this core has the shard's browsers, or stands by. */
  readonly owner: boolean
  readonly browsers: number
  /** How often the shard came out of hibernation since the uplink is up. */
  readonly wakes: number
  /** Bodies sent over it: one for many browsers counts once. */
  readonly bodiesOut: number
  readonly bufferedBytes: number
}

/** Keeps one uplink to one bridge shard: dials, and dials again with back-off and full jitter. */
export class UplinkDialer {
  readonly shard: string
  readonly #parts: UplinkParts
  readonly #identity: CoreIdentity
  readonly #key: KeyObject
  readonly #url: string
  #uplink: Uplink | undefined
  #socket: WebSocket | undefined
  #failures = 0
  #trouble = 'not dialed yet'
  #clockAheadMs: number | undefined
  #cancelRetry: (() => void) | undefined
  #stopped = false

  constructor(parts: UplinkParts, options: { identity: CoreIdentity; key: KeyObject; edge: string; shard: string }) {
    this.#parts = parts
    this.shard = options.shard
    this.#identity = options.identity
    this.#key = options.key
    this.#url = `${options.edge.replace(/\/$/, '')}/uplink/${options.shard}`
  }

  get uplink(): Uplink | undefined {
    return this.#uplink
  }

  view(): UplinkView {
    const uplink = this.#uplink
    return {
      shard: this.shard,
      state: uplink ? 'up' : 'down',
      why: uplink ? '' : this.#trouble,
      openedAt: uplink ? new Date(uplink.openedAt).toISOString() : null,
      clockAheadMs: this.#clockAheadMs ?? null,
      generation: uplink?.generation ?? 0,
      owner: uplink?.isOwner ?? false,
      browsers: uplink?.channelCount ?? 0,
      wakes: uplink?.wakes ?? 0,
      bodiesOut: uplink?.bodies ?? 0,
      bufferedBytes: uplink?.bufferedBytes ?? 0,
    }
  }

  start(): void {
    this.#dial().catch((error: unknown) => this.#lost((error as Error).message))
  }

  /** Hands the browsers back to the shard and dials no more. */
  stop(): void {
    this.#stopped = true
    this.#cancelRetry?.()
    if (this.#uplink) this.#uplink.drain()
    else this.#socket?.terminate()
  }

  async #dial(): Promise<void> {
    const token = await this.#token()
    if (this.#stopped) return
    const socket = new WebSocket(this.#url, UPLINK_SUBPROTOCOL, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: 2 * (DEFAULT_MAX_FRAME_BYTES + UPLINK_FRAME_OVERHEAD_BYTES),
      perMessageDeflate: false,
    })
    this.#socket = socket
    let openedAt: number | undefined
    let trouble = ''
    socket.on('open', () => {
      openedAt = this.#parts.clock.elapsed()
      this.#uplink = new Uplink(this.#parts, this.#identity, socket)
    })
    socket.on('upgrade', (response) => this.#compareClocks(response))
    socket.on('unexpected-response', (_request, response) => {
      this.#compareClocks(response)
      void refusalWords(response).then((words) => {
        trouble = words
        socket.terminate()
      })
    })
    socket.on('error', (error) => {
      trouble ||= error.message
    })
    socket.on('close', (code, reason) => {
      this.#uplink = undefined
      if (openedAt !== undefined && this.#parts.clock.elapsed() - openedAt > STABLE_MS) this.#failures = 0
      this.#lost(trouble || `closed with ${code} ${reason}`)
    })
  }

  /** U1: a clock that is far off would be refused; one that is off at all puts wrong times on messages. */
  #compareClocks(response: IncomingMessage): void {
    const aheadMs = clockAhead(response, this.#parts.clock.now())
    this.#clockAheadMs = aheadMs
    const words = clockAheadWords(aheadMs)
    if (words) this.#parts.logger.warn({ shard: this.shard, aheadMs }, words)
  }

  #lost(why: string): void {
    if (this.#stopped) return
    this.#trouble = why
    const ceiling = Math.min(BACKOFF.maxMs, BACKOFF.baseMs * 2 ** this.#failures++)
    const delay = Math.random() * ceiling
    this.#parts.logger.warn({ shard: this.shard, why, retryMs: Math.round(delay) }, 'uplink is down')
    this.#cancelRetry = this.#parts.clock.after(delay, () => this.start())
  }

  /** U1: short-lived, for this shard only, never used twice. */
  #token(): Promise<string> {
    return new SignJWT({ shard: this.shard })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject(this.#identity.coreId)
      .setAudience(UPLINK_AUDIENCE)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${UPLINK_TOKEN_SECONDS}s`)
      .sign(this.#key)
  }
}
