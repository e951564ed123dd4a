import { batch, type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from 'hawser'
import type { StoredMessage } from './conversations.ts'

const PAGE = 50
/** At the bottom, a thread longer than `MOST` is cut to its last `KEPT`; scrolling up brings the rest back. */
const MOST = 300
const KEPT = 100

export type ThreadPhase = { readonly name: 'loading' | 'ready' } | { readonly name: 'failed'; readonly reason: string }

/** The stored messages of one conversation, from some point to the newest, without holes. */
export class Thread {
  readonly peer: string
  readonly #client: Client
  readonly #messages = signal<readonly StoredMessage[]>([])
  readonly #phase = signal<ThreadPhase>({ name: 'loading' })
  readonly #hasOlder = signal(false)
  readonly #unseen = signal(0)
  #isLoading = false
  /** The newest page was here once. */
  #isOpened = false

  /** Ascending by seq. */
  readonly messages: ReadonlySignal<readonly StoredMessage[]> = this.#messages
  readonly phase: ReadonlySignal<ThreadPhase> = this.#phase
  readonly hasOlder: ReadonlySignal<boolean> = this.#hasOlder
  /** How many arrived while the reader was further up. */
  readonly unseen: ReadonlySignal<number> = this.#unseen
  readonly draft = signal('')
  /** Whether the reader is at the newest message; the view follows it there. */
  readonly atBottom = signal(true)

  constructor(client: Client, peer: string) {
    this.#client = client
    this.peer = peer
  }

  /** Pulls the newest page if that was not tried yet. */
  async open(): Promise<void> {
    this.toBottom()
    if (this.#phase.peek().name === 'loading') await this.#load()
  }

  async loadOlder(): Promise<void> {
    if (this.#phase.peek().name === 'ready' && this.#hasOlder.peek()) await this.#load()
  }

  /** Once more what failed. */
  async retry(): Promise<void> {
    await this.#load()
  }

  /** A message that was delivered or acknowledged here. */
  add(message: StoredMessage, isUnread: boolean): void {
    this.#messages.value = joined(this.#messages.peek(), [message])
    if (this.atBottom.peek()) this.#trim()
    else if (isUnread) this.#unseen.value++
  }

  toBottom(): void {
    this.atBottom.value = true
    this.#unseen.value = 0
    this.#trim()
  }

  /** The newest page first, then the ones before it. */
  async #load(): Promise<void> {
    if (this.#isLoading) return
    this.#isLoading = true
    if (this.#phase.peek().name === 'failed') this.#phase.value = { name: this.#isOpened ? 'ready' : 'loading' }
    try {
      const before = this.#isOpened ? (this.#messages.peek()[0]?.seq ?? 0) : 0
      const { messages, more } = await this.#client.history({ with: this.peer }, { ...(before > 0 && { before }), limit: PAGE })
      // Trimmed meanwhile: the page no longer touches what is kept.
      if (before > 0 && this.#messages.peek()[0]?.seq !== before) return
      batch(() => {
        this.#isOpened = true
        this.#messages.value = joined(this.#messages.peek(), messages)
        this.#hasOlder.value = more
        this.#phase.value = { name: 'ready' }
      })
    } catch (error) {
      this.#phase.value = { name: 'failed', reason: (error as Error).message }
    } finally {
      this.#isLoading = false
    }
  }

  #trim(): void {
    const messages = this.#messages.peek()
    if (messages.length <= MOST) return
    this.#messages.value = messages.slice(-KEPT)
    this.#hasOlder.value = true
  }
}

/** Both in ascending order, each seq once. What arrives is mostly the newest, so that is tried first. */
function joined(present: readonly StoredMessage[], more: readonly StoredMessage[]): StoredMessage[] {
  const newest = present.at(-1)?.seq ?? 0
  if (more.every(({ seq }) => seq > newest)) return [...present, ...more]
  const bySeq = new Map(present.map((message) => [message.seq, message]))
  for (const message of more) bySeq.set(message.seq, message)
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}
