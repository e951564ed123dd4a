import { type ReadonlySignal, signal } from '@preact/signals'
import type { ConversationHandle } from 'hawser'

/** How many of a group's other members have one of the user's messages. */
export interface GroupReceipt {
  readonly seq: number
  readonly read: number
  readonly delivered: number
  readonly members: number
}

/** How far the user's newest message in a group has come, and up to where everybody has read. */
export class Receipts {
  readonly #handle: ConversationHandle
  readonly #newest = signal<GroupReceipt | undefined>(undefined)
  readonly #everybody = signal({ deliveredSeq: 0, readSeq: 0 })
  #seq = 0
  #asking = false
  #again = 0

  readonly newest: ReadonlySignal<GroupReceipt | undefined> = this.#newest
  readonly everybody: ReadonlySignal<{ deliveredSeq: number; readSeq: number }> = this.#everybody

  constructor(handle: ConversationHandle) {
    this.#handle = handle
  }

  /** A receipt came: it may be about the user's newest message. */
  heard(): void {
    if (this.#seq > 0) void this.refresh(this.#seq)
  }

  /** Asks how it stands with the user's newest message; of what is asked meanwhile, the last only. */
  async refresh(seq: number): Promise<void> {
    this.#seq = seq
    this.#again = seq
    if (this.#asking) return
    this.#asking = true
    try {
      while (this.#again > 0) {
        const asked = this.#again
        this.#again = 0
        await this.#ask(asked)
      }
    } catch {
      // Out of the group, or offline: asked again with the next receipt.
    } finally {
      this.#asking = false
    }
  }

  async #ask(seq: number): Promise<void> {
    const { readCount: read, deliveredCount: delivered, memberCount: members } = await this.#handle.readers(seq, { limit: 1 })
    this.#newest.value = { seq, read, delivered, members }
    const before = this.#everybody.peek()
    const readSeq = read === members ? Math.max(before.readSeq, seq) : before.readSeq
    const deliveredSeq = delivered === members ? Math.max(before.deliveredSeq, seq) : before.deliveredSeq
    this.#everybody.value = { readSeq, deliveredSeq }
  }
}
