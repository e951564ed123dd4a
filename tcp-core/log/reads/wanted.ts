import type { SearchTerm } from './search-words.ts'

/** A part of a conversation that is looked through at once, in messages. */
const PART = 16_384

/** What is looked for. */
export interface Wanted {
  /** All of them. */
  readonly terms: readonly SearchTerm[]
  /** The same as the former folding had them, if that is another. */
  readonly former: readonly SearchTerm[] | undefined
  /** The key of the user whose messages only, if given. */
  readonly sender: number | undefined
}

/** One part of a conversation, entries below `before`, at most `limit` of them. */
export interface WordsWhere {
  readonly conversation: number
  readonly part: number
  readonly before: number
  readonly limit: number
}

/** What the index has of it. */
export interface Found {
  /** Keys of messages, the latest first. */
  readonly ids: number[]
  /** Not each of them need be what is looked for: its text says so. */
  readonly isSure: boolean
  /** Words that were asked for. */
  readonly words: number
}

/** The part of its conversation that a message is in; the first is 0. */
export function partOf(seq: number): number {
  return Math.floor(seq / PART)
}

/** The last seq before a part. */
export function seqBefore(part: number): number {
  return part * PART - 1
}
