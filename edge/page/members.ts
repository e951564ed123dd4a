import { type ReadonlySignal, signal } from '@preact/signals'
import type { ConversationHandle, Member } from 'hawser'

/** The members of a group as far as they were asked for; a page at a time, for there may be many. */
export class Members {
  readonly #handle: ConversationHandle
  readonly #list = signal<readonly Member[]>([])
  readonly #nextCursor = signal('')
  #isAsked = false

  readonly list: ReadonlySignal<readonly Member[]> = this.#list
  readonly nextCursor: ReadonlySignal<string> = this.#nextCursor

  constructor(handle: ConversationHandle) {
    this.#handle = handle
  }

  /** The first page, where that was not asked for yet. */
  async open(): Promise<void> {
    if (!this.#isAsked) await this.refresh()
  }

  async refresh(): Promise<void> {
    this.#isAsked = true
    try {
      const { members, nextCursor } = await this.#handle.members()
      this.#list.value = [...members].sort(byRank)
      this.#nextCursor.value = nextCursor
    } catch {
      // Out of the group, or offline: asked again when the group changes or is opened.
      this.#isAsked = false
    }
  }

  async more(): Promise<void> {
    const { members, nextCursor } = await this.#handle.members({ cursor: this.#nextCursor.peek() })
    this.#list.value = [...this.#list.peek(), ...members]
    this.#nextCursor.value = nextCursor
  }

  /** Who is in the group has changed. */
  changed(): void {
    if (this.#isAsked) void this.refresh()
  }
}

const RANK = { owner: 0, admin: 1, member: 2 } as const

function byRank(a: Member, b: Member): number {
  return RANK[a.role] - RANK[b.role] || a.userId.localeCompare(b.userId)
}
