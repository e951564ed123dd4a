import { type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from 'hawser'
import type { StoredMessage } from './stored-message.ts'
import { inWords } from './words.ts'

/** Asked for once nothing was typed for this long. */
const REST_MS = 250
const PAGE = 30

/** Looking for messages in all conversations of the user. */
export class Search {
  readonly #client: Client
  readonly #found = signal<readonly StoredMessage[]>([])
  readonly #nextCursor = signal('')
  readonly #state = signal<'idle' | 'searching' | 'done'>('idle')
  #timer: ReturnType<typeof setTimeout> | undefined

  readonly isOpen = signal(false)
  readonly text = signal('')
  /** The latest first. */
  readonly found: ReadonlySignal<readonly StoredMessage[]> = this.#found
  readonly nextCursor: ReadonlySignal<string> = this.#nextCursor
  readonly state: ReadonlySignal<'idle' | 'searching' | 'done'> = this.#state
  readonly fault = signal('')

  constructor(client: Client) {
    this.#client = client
  }

  type(text: string): void {
    this.text.value = text
    this.fault.value = ''
    clearTimeout(this.#timer)
    if (text.trim() === '') {
      this.#found.value = []
      this.#state.value = 'idle'
      return
    }
    this.#state.value = 'searching'
    this.#timer = setTimeout(() => void this.#ask(''), REST_MS)
  }

  async more(): Promise<void> {
    await this.#ask(this.#nextCursor.peek())
  }

  close(): void {
    this.isOpen.value = false
    this.type('')
  }

  async #ask(cursor: string): Promise<void> {
    const text = this.text.peek().trim()
    try {
      const { messages, nextCursor } = await this.#client.search({ text, cursor, limit: PAGE })
      // Typed on meanwhile.
      if (text !== this.text.peek().trim()) return
      this.#found.value = cursor === '' ? messages : [...this.#found.peek(), ...messages]
      this.#nextCursor.value = nextCursor
    } catch (error) {
      this.fault.value = inWords(error)
    }
    this.#state.value = 'done'
  }
}
