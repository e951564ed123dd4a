import { type Signal, signal } from '@preact/signals'
import type { Client } from 'hawser'

/** A draft is kept on the server once nothing was typed for this long. */
const REST_MS = 800

interface Draft {
  readonly text: Signal<string>
  /** As the server has it. */
  kept: string
  timer: ReturnType<typeof setTimeout> | undefined
}

/** What is begun and not sent, by conversation; on all of the user's devices (docs/PROTOCOL.md, P1). */
export class Drafts {
  readonly #client: Client
  readonly #drafts = new Map<string, Draft>()

  constructor(client: Client) {
    this.#client = client
  }

  text(conversationId: string): Signal<string> {
    return this.#of(conversationId).text
  }

  /** The person has typed. */
  write(conversationId: string, text: string): void {
    const draft = this.#of(conversationId)
    draft.text.value = text
    clearTimeout(draft.timer)
    draft.timer = setTimeout(() => this.keep(conversationId), REST_MS)
  }

  /** Keeps it now: the person goes elsewhere, or has sent it. */
  keep(conversationId: string): void {
    const draft = this.#of(conversationId)
    clearTimeout(draft.timer)
    draft.timer = undefined
    const text = draft.text.peek()
    if (text === draft.kept) return
    const before = draft.kept
    draft.kept = text
    this.#client
      .conversation(conversationId)
      .set({ draft: text })
      .catch(() => {
        // It is kept with the next letter, or when the conversation is left.
        draft.kept = before
      })
  }

  /** As the server has it, by this device or another. What is being typed here goes before. */
  heard(conversationId: string, text: string): void {
    const draft = this.#of(conversationId)
    const isTouched = draft.timer !== undefined || draft.text.peek() !== draft.kept
    draft.kept = text
    if (!isTouched) draft.text.value = text
  }

  #of(conversationId: string): Draft {
    let draft = this.#drafts.get(conversationId)
    if (!draft) {
      draft = { text: signal(''), kept: '', timer: undefined }
      this.#drafts.set(conversationId, draft)
    }
    return draft
  }
}
