import type { Position } from '../../shared/gen/hawser.ts'

/** Tags of a Message's fields. */
const CONVERSATION_ID = 0x0a
const SEQ = 0x10
const CONTENT = 0x42
const LENGTH_DELIMITED = 2

interface Progress extends Position {
  readonly name: Buffer
}

/**
 * Finds in a DELIVER what the load needs, without decoding the rest, and keeps for each
 * conversation up to which seq it has come, which is to be acknowledged.
 */
export class DeliverScan {
  /** Where the content of the last DELIVER begins; 0 if it has none, as with a change. */
  contentStart = 0
  readonly #conversations = new Map<string, Progress>()
  #moved: Progress[] = []
  #last: Progress | undefined
  #at = 0

  scan(bytes: Buffer, start: number, end: number): void {
    this.#at = start
    this.contentStart = 0
    while (this.#at < end) {
      const tag = bytes[this.#at++] as number
      if (tag > 127) return // Fields of two bytes come after the content.
      const value = this.#varint(bytes)
      if (tag === SEQ && this.#last) this.#last.seq = value
      if ((tag & 7) !== LENGTH_DELIMITED) continue
      if (tag === CONVERSATION_ID) this.#last = this.#progressOf(bytes, this.#at, this.#at + value)
      else if (tag === CONTENT) this.contentStart = this.#at
      this.#at += value
    }
  }

  /** Up to which seq the conversation has come. */
  cursorOf(conversationId: string): number {
    return this.#conversations.get(conversationId)?.seq ?? 0
  }

  /** It was pulled up to there. */
  pulled(conversationId: string, seq: number): void {
    this.#moves(this.#conversation(conversationId)).seq = seq
  }

  /** What has moved since this was last asked. */
  takePositions(): readonly Position[] {
    const positions = this.#moved
    this.#moved = []
    return positions
  }

  /** Mostly it is the same conversation as the time before. */
  #progressOf(bytes: Buffer, start: number, end: number): Progress {
    const known = this.#last && isSame(this.#last.name, bytes, start, end) ? this.#last : undefined
    return this.#moves(known ?? this.#conversation(bytes.toString('utf8', start, end)))
  }

  #conversation(conversationId: string): Progress {
    let progress = this.#conversations.get(conversationId)
    if (!progress) {
      progress = { name: Buffer.from(conversationId), conversationId, seq: 0 }
      this.#conversations.set(conversationId, progress)
    }
    return progress
  }

  #moves(progress: Progress): Progress {
    if (!this.#moved.includes(progress)) this.#moved.push(progress)
    return progress
  }

  #varint(bytes: Buffer): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[this.#at++] as number
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
}

function isSame(name: Buffer, bytes: Buffer, start: number, end: number): boolean {
  return end - start === name.length && bytes.compare(name, 0, name.length, start, end) === 0
}
