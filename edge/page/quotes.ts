import { type ReadonlySignal, signal } from '@preact/signals'
import type { ConversationHandle } from 'hawser'
import type { StoredMessage } from './stored-message.ts'

/** One request for what a render asks for at once. */
const MOST = 100

/** Messages that others answer and that are not on the screen themselves: asked for singly, once. */
export class Quotes {
  readonly #handle: ConversationHandle
  /** Null: it is gone, or not for this user. */
  readonly #known = signal<ReadonlyMap<number, StoredMessage | null>>(new Map())
  readonly #asked = new Set<number>()
  #wanted: number[] = []

  constructor(handle: ConversationHandle) {
    this.#handle = handle
  }

  get known(): ReadonlySignal<ReadonlyMap<number, StoredMessage | null>> {
    return this.#known
  }

  /** May be called while rendering. */
  want(seq: number): void {
    if (this.#asked.has(seq)) return
    this.#asked.add(seq)
    this.#wanted.push(seq)
    if (this.#wanted.length === 1) queueMicrotask(() => void this.#ask())
  }

  update(seq: number, change: (message: StoredMessage) => StoredMessage): void {
    const message = this.#known.peek().get(seq)
    if (message) this.#known.value = new Map(this.#known.peek()).set(seq, change(message))
  }

  async #ask(): Promise<void> {
    const seqs = this.#wanted.slice(0, MOST)
    this.#wanted = []
    try {
      const found = await this.#handle.messages(seqs)
      const known = new Map(this.#known.peek())
      for (const seq of seqs) known.set(seq, found.find((message) => message.seq === seq) ?? null)
      this.#known.value = known
    } catch {
      for (const seq of seqs) this.#asked.delete(seq)
    }
  }
}
