import type { Cancel, Clock } from './clock.ts'

/** How long the answer to a PING is waited for where something says that the connection may be dead (H3). */
const DEADLINE_MS = 5_000
/** A line is as slow as this at the least: what has to pass before the answer may take so long more. */
const BYTES_PER_MS = 4
/** The deadline grows no further than to so many times the first. */
const MAX_PATIENCE = 8

/** What is on its way, before which no answer comes. */
export interface Outstanding {
  /** Of the oldest unanswered SEND. */
  readonly bytes: number
  /** How long an answer that was asked for may take to arrive in one piece, 0 where none was. */
  readonly answerMs: number
}

/**
 * How long an answer may take. A connection that was given up for nothing, because its line or its
 * server is slow, makes the next deadline twice as long, up to 40 s; quick answers shorten it
 * again. Kept over connections: none that is merely slow is torn down for ever.
 */
export class Patience {
  #factor = 1

  deadlineMs({ bytes, answerMs }: Outstanding): number {
    return Math.max(DEADLINE_MS * this.#factor, answerMs) + bytes / BYTES_PER_MS
  }

  gaveUp(): void {
    this.#factor = Math.min(2 * this.#factor, MAX_PATIENCE)
  }

  answered(tookMs: number): void {
    if (tookMs < DEADLINE_MS / 2) this.#factor = Math.max(this.#factor / 2, 1)
  }
}

/** Asks a connection whether it lives, and hears when it does not. */
export class Probe {
  readonly #clock: Clock
  readonly #ping: () => void
  readonly #patience: Patience
  #asked: { readonly at: number; readonly endsAt: number; readonly cancel: Cancel } | undefined

  constructor(clock: Clock, patience: Patience, ping: () => void) {
    this.#clock = clock
    this.#patience = patience
    this.#ping = ping
  }

  /** `dead` is called where nothing at all is heard for the deadline. While an earlier question waits, the sooner deadline holds. */
  ask(outstanding: Outstanding, dead: (waitedMs: number) => void): void {
    const deadlineMs = this.#patience.deadlineMs(outstanding)
    const now = this.#clock.elapsed()
    if (this.#asked && this.#asked.endsAt <= now + deadlineMs) return
    this.#asked?.cancel()
    const cancel = this.#clock.after(deadlineMs, () => {
      const waitedMs = this.#clock.elapsed() - now
      this.#asked = undefined
      // The machine slept, or the tab was frozen: the answer may be there and not read yet.
      if (waitedMs > 2 * deadlineMs) return this.ask(outstanding, dead)
      this.#patience.gaveUp()
      dead(waitedMs)
    })
    this.#asked = { at: now, endsAt: now + deadlineMs, cancel }
    this.#ping()
  }

  /** Anything at all arrived. */
  heard(): void {
    if (!this.#asked) return
    this.#patience.answered(this.#clock.elapsed() - this.#asked.at)
    this.stop()
  }

  stop(): void {
    this.#asked?.cancel()
    this.#asked = undefined
  }
}
