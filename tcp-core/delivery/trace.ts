import type { Admission } from '../sessions/ack-wait.ts'
import type { TracedSession } from '../sessions/traced-session.ts'
import type { Clock } from '../time/clock.ts'

/** What became of a message at one session. Times are milliseconds since 1970; what did not happen, or is forgotten, is not there. */
export interface Passage extends TracedSession {
  pushedAt?: number
  /** The session was past its window: it got a GAP, or had one that it had not answered yet (R4). */
  heldBackAt?: number
  /** It was in a page that the client pulled. */
  pulledAt?: number
  acknowledgedAt?: number
}

export interface MessageTrace {
  /** When it was on disk; undefined if that is longer ago than the trace goes back. */
  readonly storedAt: number | undefined
  readonly passages: readonly Passage[]
}

/** About the last ten thousand messages: each is stored, pushed and acknowledged by a few sessions. */
const MAX_EVENTS = 65_536
/** Conversation ids are as long as users' names. */
const MAX_ID_CHARACTERS = 4 * 1024 * 1024

const STORED = 0
const PUSHED = 1
const HELD_BACK = 2
const PULLED = 3
const ACKNOWLEDGED = 4

/**
 * What happened to the latest messages, for whoever asks where one went. A ring of events in
 * flat arrays: writing one costs a tenth of a microsecond, and looking through all of them
 * is left to the question.
 */
export class Trace {
  readonly #clock: Clock
  readonly #size: number
  readonly #kinds: Uint8Array
  readonly #times: Float64Array
  readonly #fromSeqs: Float64Array
  readonly #seqs: Float64Array
  readonly #conversations: (string | undefined)[]
  readonly #sessions: (TracedSession | undefined)[]
  /** The clock is read once for a message, however many get it. */
  #storedAt = 0
  #next = 0
  #count = 0
  #characters = 0

  constructor(clock: Clock, size: number = MAX_EVENTS) {
    this.#clock = clock
    this.#size = size
    this.#kinds = new Uint8Array(size)
    this.#times = new Float64Array(size)
    this.#fromSeqs = new Float64Array(size)
    this.#seqs = new Float64Array(size)
    this.#conversations = new Array(size)
    this.#sessions = new Array(size)
  }

  /** How many events are kept now. */
  get count(): number {
    return this.#count
  }

  stored(conversationId: string, seq: number): void {
    this.#storedAt = this.#clock.now()
    this.#add(STORED, this.#storedAt, conversationId, seq - 1, seq, undefined)
  }

  /** The message that was stored just now was given to a session, or held back from it. */
  admitted(session: TracedSession, conversationId: string, seq: number, admission: Admission): void {
    this.#add(admission === 'push' ? PUSHED : HELD_BACK, this.#storedAt, conversationId, seq - 1, seq, session)
  }

  /** A page with the messages after `fromSeq` up to `seq` went to the session. */
  pulled(session: TracedSession, conversationId: string, fromSeq: number, seq: number): void {
    this.#add(PULLED, this.#clock.now(), conversationId, fromSeq, seq, session)
  }

  acknowledged(session: TracedSession, conversationId: string, seq: number): void {
    this.#add(ACKNOWLEDGED, this.#clock.now(), conversationId, 0, seq, session)
  }

  of(conversationId: string, seq: number): MessageTrace {
    let storedAt: number | undefined
    const passages = new Map<TracedSession, Passage>()
    for (let i = 0; i < this.#count; i++) {
      const at = (this.#next - this.#count + i + this.#size) % this.#size
      if (this.#conversations[at] !== conversationId) continue
      if ((this.#fromSeqs[at] as number) >= seq || (this.#seqs[at] as number) < seq) continue
      const session = this.#sessions[at]
      const time = this.#times[at] as number
      if (session) this.#tell(passages, session, this.#kinds[at] as number, time)
      else storedAt = time
    }
    return { storedAt, passages: [...passages.values()] }
  }

  #tell(passages: Map<TracedSession, Passage>, session: TracedSession, kind: number, time: number): void {
    let passage = passages.get(session)
    if (!passage) {
      // A session that never got it acknowledges it by what came later: that is no passage.
      if (kind === ACKNOWLEDGED) return
      passage = { ...session }
      passages.set(session, passage)
    }
    if (kind === PUSHED) passage.pushedAt ??= time
    else if (kind === HELD_BACK) passage.heldBackAt ??= time
    else if (kind === PULLED) passage.pulledAt ??= time
    else passage.acknowledgedAt ??= time
  }

  #add(kind: number, time: number, conversationId: string, fromSeq: number, seq: number, session: TracedSession | undefined): void {
    if (this.#count === this.#size) this.#forgetOldest()
    const at = this.#next
    this.#kinds[at] = kind
    this.#times[at] = time
    this.#fromSeqs[at] = fromSeq
    this.#seqs[at] = seq
    this.#conversations[at] = conversationId
    this.#sessions[at] = session
    this.#next = (at + 1) % this.#size
    this.#count++
    this.#characters += conversationId.length
    while (this.#characters > MAX_ID_CHARACTERS) this.#forgetOldest()
  }

  #forgetOldest(): void {
    const at = (this.#next - this.#count + this.#size) % this.#size
    this.#characters -= this.#conversations[at]?.length ?? 0
    this.#conversations[at] = undefined
    this.#sessions[at] = undefined
    this.#count--
  }
}
