/** What becomes of a push (docs/PROTOCOL.md, R4). */
export type Admission =
  | 'push'
  /** Not pushed, and the client is to be told by one GAP. */
  | 'gap'
  /** Not pushed; the client knows already that it has to pull. */
  | 'skip'

interface Waiting {
  /** seq and bytes of each message that was pushed, alternating, oldest first. */
  readonly pushed: number[]
  /** The highest seq that was not pushed; 0 while the conversation is pushed. */
  skippedSeq: number
}

/** What all sessions of one user may have unacknowledged together; each may have one message all the same. */
const USER_MAX_BYTES = 8 * 1024 * 1024

/** What the sessions of one user have unacknowledged, in bytes. */
export interface UnackedBytes {
  unackedBytes: number
}

/**
 * A session's messages that were delivered and not yet acknowledged: the window that bounds
 * what a slow reader costs. Past it a conversation goes from push to pull, and comes back
 * once the client has pulled all that was skipped.
 */
export class AckWait {
  readonly #maxMessages: number
  readonly #maxBytes: number
  readonly #user: UnackedBytes
  readonly #conversations = new Map<string, Waiting>()
  #messages = 0
  #bytes = 0

  constructor(maxMessages: number, maxBytes: number, user: UnackedBytes = { unackedBytes: 0 }) {
    this.#maxMessages = maxMessages
    this.#maxBytes = maxBytes
    this.#user = user
  }

  get messages(): number {
    return this.#messages
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Decides about a message that is to be pushed, and counts it if it is. */
  admit(conversationId: string, seq: number, bytes: number): Admission {
    let waiting = this.#conversations.get(conversationId)
    if (waiting && waiting.skippedSeq > 0) {
      waiting.skippedSeq = seq
      return 'skip'
    }
    if (!waiting) {
      waiting = { pushed: [], skippedSeq: 0 }
      this.#conversations.set(conversationId, waiting)
    }
    if (this.#messages >= this.#maxMessages || (this.#messages > 0 && this.#isFullWith(bytes))) {
      waiting.skippedSeq = seq
      return 'gap'
    }
    waiting.pushed.push(seq, bytes)
    this.#messages++
    this.#count(bytes)
    return 'push'
  }

  /** The client has everything up to `seq` (R3). Says whether anything was waiting for it. */
  acknowledge(conversationId: string, seq: number): boolean {
    const waiting = this.#conversations.get(conversationId)
    if (!waiting) return false
    const { pushed } = waiting
    let done = 0
    while (done < pushed.length && (pushed[done] as number) <= seq) {
      this.#messages--
      this.#count(-(pushed[done + 1] as number))
      done += 2
    }
    if (done > 0) pushed.splice(0, done)
    this.#forgetIfEmpty(conversationId, waiting)
    return done > 0
  }

  /**
   * Turns every conversation with something unacknowledged from push to pull, because its
   * acknowledgement is late: the client fetches it again from the log. Gives up to which
   * seq each one is to be pulled.
   */
  fallBehind(): { conversationId: string; lastSeq: number }[] {
    const late: { conversationId: string; lastSeq: number }[] = []
    for (const [conversationId, waiting] of this.#conversations) {
      const lastPushed = waiting.pushed.at(-2)
      if (lastPushed === undefined) continue
      waiting.skippedSeq = Math.max(waiting.skippedSeq, lastPushed)
      late.push({ conversationId, lastSeq: waiting.skippedSeq })
    }
    return late
  }

  /**
   * The client was given everything up to `seq` by a pull. Pushing begins again if nothing
   * beyond was skipped; otherwise the seq is returned up to which it still has to pull.
   */
  pulled(conversationId: string, seq: number): number | undefined {
    const waiting = this.#conversations.get(conversationId)
    if (!waiting || waiting.skippedSeq === 0) return undefined
    if (waiting.skippedSeq > seq) return waiting.skippedSeq
    waiting.skippedSeq = 0
    this.#forgetIfEmpty(conversationId, waiting)
    return undefined
  }

  /** The session is over. */
  forget(): void {
    this.#count(-this.#bytes)
  }

  #isFullWith(bytes: number): boolean {
    return this.#bytes + bytes > this.#maxBytes || this.#user.unackedBytes + bytes > USER_MAX_BYTES
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#user.unackedBytes += bytes
  }

  #forgetIfEmpty(conversationId: string, waiting: Waiting): void {
    if (waiting.pushed.length === 0 && waiting.skippedSeq === 0) this.#conversations.delete(conversationId)
  }
}
