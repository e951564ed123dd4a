import { type ReadonlySignal, signal } from '@preact/signals'
import { now } from './server-date.ts'
import { claimsOf, ServerUnreachable } from './token.ts'
import { inWords } from './words.ts'

/** A token for HTTP is good as long as it does not end within this time. */
const LEFT_MS = 30_000

/** The user's tokens: a fresh one for each connection, one that is still good for HTTP. */
export class Tokens {
  readonly #get: () => Promise<string>
  readonly #problem = signal<string | undefined>(undefined)
  #last: Promise<string> | undefined

  /** Why there is no fresh token to connect with, where waiting does not help. */
  readonly problem: ReadonlySignal<string | undefined> = this.#problem

  /** `get` gives a fresh one each time it is called. */
  constructor(get: () => Promise<string>) {
    this.#get = get
  }

  async fresh(): Promise<string> {
    try {
      this.#last = this.#get()
      const token = await this.#last
      this.#problem.value = undefined
      return token
    } catch (error) {
      this.#problem.value = error instanceof ServerUnreachable ? undefined : inWords(error)
      throw error
    }
  }

  async good(): Promise<string> {
    const last = await this.#last?.catch(() => undefined)
    return last !== undefined && lasts(last) ? last : this.fresh()
  }
}

function lasts(token: string): boolean {
  try {
    return claimsOf(token).expiresAt - now() > LEFT_MS
  } catch {
    return false
  }
}
