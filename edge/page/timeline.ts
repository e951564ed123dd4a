import { batch, type ReadonlySignal, signal } from '@preact/signals'
import type { ConversationHandle } from 'hawser'
import { changedAt, joined, type StoredMessage } from './stored-message.ts'
import { inWords } from './words.ts'

const PAGE = 50
/** At the bottom, a timeline longer than `MOST` is cut to its last `KEPT`; scrolling up brings the rest back. */
const MOST = 300
const KEPT = 100

export type TimelinePhase = { readonly name: 'loading' | 'ready' } | { readonly name: 'failed'; readonly reason: string }

/** Some of the stored messages of one conversation, without holes: mostly up to the newest, elsewhere after a jump. */
export class Timeline {
  readonly handle: ConversationHandle
  readonly #messages = signal<readonly StoredMessage[]>([])
  readonly #phase = signal<TimelinePhase>({ name: 'loading' })
  readonly #hasOlder = signal(false)
  readonly #hasNewer = signal(false)
  readonly #unseen = signal(0)
  #loading: Promise<void> | undefined
  /** A page was here once. */
  #isOpened = false

  /** Ascending by seq; also the entries that are no messages. */
  readonly messages: ReadonlySignal<readonly StoredMessage[]> = this.#messages
  readonly phase: ReadonlySignal<TimelinePhase> = this.#phase
  readonly hasOlder: ReadonlySignal<boolean> = this.#hasOlder
  readonly hasNewer: ReadonlySignal<boolean> = this.#hasNewer
  /** How many arrived while the reader was further up. */
  readonly unseen: ReadonlySignal<number> = this.#unseen
  /** Whether the reader is at the newest message; the view follows it there. */
  readonly atBottom = signal(true)
  /** The message that the view is to go to; it takes it from here. */
  readonly target = signal<number | undefined>(undefined)

  constructor(handle: ConversationHandle) {
    this.handle = handle
  }

  /** Pulls the newest page if that was not tried yet. */
  async open(): Promise<void> {
    if (this.target.peek() !== undefined) return
    this.toBottom()
    if (this.#phase.peek().name === 'loading') await this.#load(() => this.#older())
  }

  async loadOlder(): Promise<void> {
    if (this.#phase.peek().name === 'ready' && this.#hasOlder.peek()) await this.#load(() => this.#older())
  }

  async loadNewer(): Promise<void> {
    if (this.#phase.peek().name === 'ready' && this.#hasNewer.peek()) await this.#load(() => this.#newer())
  }

  /** Once more what failed. */
  async retry(): Promise<void> {
    await this.#load(() => this.#older())
  }

  /** Brings a message before the reader, from wherever in the conversation. */
  async goTo(seq: number): Promise<void> {
    this.atBottom.value = false
    this.target.value = seq
    await this.#loading
    if (!this.#messages.peek().some((message) => message.seq === seq)) await this.#load(() => this.#around(seq))
  }

  /** An entry that was delivered or acknowledged here. */
  add(message: StoredMessage, isUnread: boolean): void {
    // Between what is here and the newest there is a gap: it comes with the pages.
    if (!this.#hasNewer.peek()) this.#messages.value = joined(this.#messages.peek(), [message])
    if (this.atBottom.peek()) this.#trim()
    else if (isUnread) this.#unseen.value++
  }

  update(seq: number, change: (message: StoredMessage) => StoredMessage): void {
    this.#messages.value = changedAt(this.#messages.peek(), seq, change)
  }

  /** All up to `seq` was cleared. */
  clear(seq: number): void {
    this.#messages.value = this.#messages.peek().filter((message) => message.seq > seq)
    this.#hasOlder.value = false
  }

  find(seq: number): StoredMessage | undefined {
    return this.#messages.value.find((message) => message.seq === seq)
  }

  toBottom(): void {
    this.#unseen.value = 0
    if (this.#hasNewer.peek()) {
      void this.#toNewest()
      return
    }
    this.atBottom.value = true
    this.#trim()
  }

  /** After a jump the newest messages are not here yet; the reader is at the bottom once they are. */
  async #toNewest(): Promise<void> {
    await this.#loading
    if (this.#hasNewer.peek()) await this.#load(() => this.#newest())
    else this.toBottom()
  }

  async #load(pull: () => Promise<void>): Promise<void> {
    if (this.#loading !== undefined) return
    if (this.#phase.peek().name === 'failed') this.#phase.value = { name: this.#isOpened ? 'ready' : 'loading' }
    this.#loading = pull().catch((error: unknown) => {
      this.#phase.value = { name: 'failed', reason: inWords(error) }
    })
    await this.#loading
    this.#loading = undefined
  }

  /** The newest page first, then the ones before it. */
  async #older(): Promise<void> {
    const before = this.#isOpened ? (this.#messages.peek()[0]?.seq ?? 0) : 0
    const { messages, more } = await this.handle.history({ ...(before > 0 && { before }), limit: PAGE })
    // Trimmed meanwhile: the page no longer touches what is kept.
    if (before > 0 && this.#messages.peek()[0]?.seq !== before) return
    this.#show(joined(this.#messages.peek(), messages), { older: more, newer: this.#hasNewer.peek() })
  }

  async #newer(): Promise<void> {
    const after = this.#messages.peek().at(-1)?.seq ?? 0
    const { messages, more } = await this.handle.history({ after, limit: PAGE })
    this.#show(joined(this.#messages.peek(), messages), { older: this.#hasOlder.peek(), newer: more })
  }

  async #newest(): Promise<void> {
    const { messages, more } = await this.handle.history({ limit: PAGE })
    batch(() => {
      this.#show(messages, { older: more, newer: false })
      this.atBottom.value = true
    })
  }

  async #around(seq: number): Promise<void> {
    const [before, after] = await Promise.all([
      this.handle.history({ before: seq + 1, limit: PAGE / 2 }),
      this.handle.history({ after: seq, limit: PAGE / 2 }),
    ])
    this.#show([...before.messages, ...after.messages], { older: before.more, newer: after.more })
  }

  #show(messages: readonly StoredMessage[], more: { older: boolean; newer: boolean }): void {
    batch(() => {
      this.#isOpened = true
      this.#messages.value = messages
      this.#hasOlder.value = more.older
      this.#hasNewer.value = more.newer
      this.#phase.value = { name: 'ready' }
    })
  }

  #trim(): void {
    const messages = this.#messages.peek()
    if (messages.length <= MOST) return
    this.#messages.value = messages.slice(-KEPT)
    this.#hasOlder.value = true
  }
}
