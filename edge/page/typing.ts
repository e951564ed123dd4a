import { type ReadonlySignal, signal } from '@preact/signals'

/** Good for so long (docs/PROTOCOL.md, T1). */
const GOOD_MS = 6000

/** Who is typing in which conversation. */
export class Typing {
  readonly #users = signal<ReadonlyMap<string, readonly string[]>>(new Map())
  readonly #ends = new Map<string, ReturnType<typeof setTimeout>>()

  /** By conversation. */
  readonly users: ReadonlySignal<ReadonlyMap<string, readonly string[]>> = this.#users

  heard({ conversationId, userId, stopped }: { conversationId: string; userId: string; stopped: boolean }): void {
    const key = `${conversationId} ${userId}`
    clearTimeout(this.#ends.get(key))
    this.#ends.delete(key)
    const others = (this.#users.peek().get(conversationId) ?? []).filter((user) => user !== userId)
    if (!stopped)
      this.#ends.set(
        key,
        setTimeout(() => this.heard({ conversationId, userId, stopped: true }), GOOD_MS),
      )
    else if (others.length === this.#users.peek().get(conversationId)?.length) return
    const users = new Map(this.#users.peek())
    const now = stopped ? others : [...others, userId]
    if (now.length > 0) users.set(conversationId, now)
    else users.delete(conversationId)
    this.#users.value = users
  }
}
