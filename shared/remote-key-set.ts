import { growing } from './growing.ts'
import { KeySet, MAX_KID_LENGTH } from './key-set.ts'

/** A look that takes longer has failed. */
const LOOK_MS = 5_000
/** Between two looks at the least; after failures in a row twice as long each time. */
const MIN_PAUSE_MS = 5_000
const MAX_PAUSE_MS = 60_000
/** Older keys are looked at again, so that what was taken out of the JWKS is not used for longer. */
const MAX_AGE_MS = 300_000
/** A `kid` that a look has not found causes none for so long. */
const MISSING_MS = 30_000
/** Of those as many are remembered. */
const MAX_MISSING = 1_000
/** A longer answer is no JWKS. */
const MAX_BYTES = 256 * 1024

export interface RemoteKeySetOptions {
  /** Keeps work going that no request waits for. */
  readonly background?: (work: Promise<void>) => void
  /** Told of each look: what is wrong with keys that were found, or why none were. Then the keys of before are used on. */
  readonly looked?: (failure: Error | undefined, faults: readonly string[]) => void
  /** Milliseconds that only go forward. */
  readonly now?: () => number
}

/**
 * The keys of a JWKS somewhere else (docs/PROTOCOL.md, L2). What it had goes on while it is
 * away. Strangers can make it look once in MIN_PAUSE_MS and no more often, and who has a key
 * that is known does not wait for any look but the first.
 *
 * jose's createRemoteJWKSet answers an unknown key within 30 s of a look as a bad token, has no
 * keys when they are ten minutes old and the JWKS is away, and asks a failing one each time.
 */
export class RemoteKeySet {
  readonly #url: string
  readonly #options: RemoteKeySetOptions
  readonly #now: () => number
  #keys: KeySet | undefined
  #keysAt = 0
  /** Until when the look under way may take; no look is where that is past. */
  #lookEndsAt = Number.NEGATIVE_INFINITY
  #nextLookAt = Number.NEGATIVE_INFINITY
  #failures = 0
  /** Who waits for the look under way. Each has a promise of its own: under workerd one belongs to the request that made it. */
  readonly #waiting = new Set<() => void>()
  /** When each `kid` was not found. */
  readonly #missing = new Map<string, number>()

  constructor(url: string, options: RemoteKeySetOptions = {}) {
    this.#url = new URL(url).href
    this.#options = options
    this.#now = growing(options.now ?? (() => performance.now()))
  }

  /** Those that the last look found; undefined before the first that went well. */
  get keys(): KeySet | undefined {
    return this.#keys
  }

  /** The keys to check a token with; undefined while there are none. Old ones are looked at anew, very old ones before they are used. */
  async current(): Promise<KeySet | undefined> {
    const age = this.#now() - this.#keysAt
    // While the JWKS is away nobody with a key that is known waits to hear that again.
    const isAway = this.#failures > 0
    if (!this.#keys || (age > 2 * MAX_AGE_MS && !isAway)) await this.#lookAndWait()
    else if (age > MAX_AGE_MS) this.refresh()
    return this.#keys
  }

  /** Looks for a key that is not there, if it may, or waits for the look under way. Says whether the keys are others now. */
  async lookFor(kid: string | undefined): Promise<boolean> {
    const before = this.#keys
    const name = kid ?? ''
    if (name.length > MAX_KID_LENGTH || this.#isMissing(name)) return false
    const looked = await this.#lookAndWait()
    if (looked && !this.#keys?.knows(kid)) this.#remember(name)
    return this.#keys !== before
  }

  /** Looks, unless that was just done, and nobody waits for it. */
  refresh(): void {
    if (this.#mayLook()) this.#options.background?.(this.#look())
  }

  #mayLook(): boolean {
    const now = this.#now()
    return now >= this.#lookEndsAt && now >= this.#nextLookAt
  }

  /** Says whether there was a look that went well. */
  async #lookAndWait(): Promise<boolean> {
    const before = this.#keysAt
    if (this.#mayLook()) await this.#look()
    else if (this.#now() < this.#lookEndsAt) await this.#wait()
    return this.#keysAt !== before
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      // The request that looks may be cut off with its client, and then nobody says that the look is over.
      const timer = setTimeout(done, LOOK_MS)
      this.#waiting.add(done)
    })
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const endsAt = this.#now() + LOOK_MS
    this.#lookEndsAt = endsAt
    let failure: Error | undefined
    try {
      this.#keys = await KeySet.read(await fetchJson(this.#url))
      this.#keysAt = this.#now()
      this.#failures = 0
    } catch (cause) {
      failure = cause as Error
      this.#failures++
    }
    this.#lookEndsAt = Number.NEGATIVE_INFINITY
    this.#nextLookAt = this.#now() + Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** Math.max(0, this.#failures - 1))
    for (const done of [...this.#waiting]) done()
    this.#options.looked?.(failure, failure ? [] : (this.#keys?.faults ?? []))
  }

  #isMissing(kid: string): boolean {
    const since = this.#missing.get(kid)
    return since !== undefined && this.#now() - since < MISSING_MS
  }

  #remember(kid: string): void {
    this.#missing.delete(kid)
    const [oldest] = this.#missing.keys()
    if (this.#missing.size >= MAX_MISSING && oldest !== undefined) this.#missing.delete(oldest)
    this.#missing.set(kid, this.#now())
  }
}

async function fetchJson(url: string): Promise<unknown> {
  const headers = { accept: 'application/json, application/jwk-set+json' }
  const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(LOOK_MS) })
  if (response.status !== 200) throw new Error(`the JWKS answers HTTP ${response.status}`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader()
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.length
    if (bytes > MAX_BYTES) {
      await reader?.cancel()
      throw new Error(`the JWKS has more than ${MAX_BYTES} bytes`)
    }
    chunks.push(part.value)
  }
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return JSON.parse(new TextDecoder().decode(whole))
}
