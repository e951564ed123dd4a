import type { Key, LogRows } from './rows.ts'
import type { SearchWork } from './search-work.ts'
import type { View, Views } from './views.ts'
import { partOf, seqBefore, type Wanted } from './wanted.ts'

/** Rows that are asked of the index at a time. */
const AT_ONCE = 128
/** However much was done: else a search that ends early might go on where it began. */
const MIN_STEPS = 4

/** One conversation on the way. */
interface Track {
  readonly conversationId: string
  /** No row that is to come of it is higher. */
  last: number
  /** Undefined until it is looked at. */
  place: { readonly view: View; part: number } | undefined
  /** What the index gave and was not taken yet, the latest last. */
  ids: number[]
  /** Whether each of them is what is looked for. */
  isSure: boolean
}

/** A message that the index has for a search. */
export interface Candidate {
  readonly view: View
  readonly id: number
  /** Its text need not be looked at. */
  readonly isSure: boolean
}

/**
 * Walks through a user's conversations at once, from the latest message back. One that has
 * nothing as late as what was found is not even looked at.
 */
export class SearchWalk {
  readonly #rows: LogRows
  readonly #views: Views
  readonly #userId: string
  readonly #wanted: Wanted
  readonly #before: number
  readonly #work: SearchWork
  #steps = 0
  /** By `last`, the highest at the end. */
  readonly #tracks: Track[]

  constructor(
    parts: { rows: LogRows; views: Views; work: SearchWork },
    asked: { userId: string; wanted: Wanted; before: number; conversations: readonly { name: string; last: number }[] },
  ) {
    this.#rows = parts.rows
    this.#views = parts.views
    this.#work = parts.work
    this.#userId = asked.userId
    this.#wanted = asked.wanted
    this.#before = asked.before
    const tracks = asked.conversations.map(({ name, last }) => ({
      conversationId: name,
      last: Math.min(last, asked.before - 1),
      place: undefined,
      ids: [],
      isSure: true,
    }))
    this.#tracks = tracks.toSorted((a, b) => a.last - b.last)
  }

  /** No row that is still to come is higher; undefined where none is. */
  get last(): number | undefined {
    return this.#tracks.at(-1)?.last
  }

  /** The next one back; undefined at the end, or where enough was done. */
  next(): Candidate | undefined {
    for (let track = this.#next(); track; track = this.#next()) {
      const id = track.ids.pop()
      if (id !== undefined && track.place) {
        track.last = track.ids.at(-1) ?? id - 1
        this.#put(track)
        return { view: track.place.view, id, isSure: track.isSure }
      }
      if (this.#load(track)) this.#put(track)
    }
    return undefined
  }

  /** Every conversation is begun, whatever was done: to go on from a row, all have to be. */
  #next(): Track | undefined {
    const track = this.#tracks.at(-1)
    if (track?.place) {
      if (this.#steps >= MIN_STEPS && this.#work.isEnough) return undefined
      this.#steps++
    }
    return this.#tracks.pop()
  }

  /** Says whether there may be anything. */
  #load(track: Track): boolean {
    track.place ??= this.#begin(track.conversationId)
    if (!track.place) return false
    const { view, part } = track.place
    const where = { conversation: view.conversation, part, before: track.last + 1, limit: AT_ONCE }
    const { ids, isSure, words } = this.#rows.words.find(this.#wanted, where)
    this.#work.found(words)
    track.ids = ids.reverse()
    track.isSure = isSure
    const end = seqBefore(part)
    if (track.ids.length === 0 && end <= view.beginSeq) return false
    if (track.ids.length === 0) track.place.part--
    track.last = track.ids.at(-1) ?? Math.min(track.last, this.#row(view, end))
    return true
  }

  /** The last part of a conversation that begins before where the walk begins. */
  #begin(conversationId: string): Track['place'] {
    const view = this.#views.view(this.#userId, conversationId)
    if (!view) return undefined
    let part = partOf(view.lastSeq)
    while (part > 0 && this.#row(view, seqBefore(part) + 1) >= this.#before) part--
    return { view, part }
  }

  #row({ conversation }: View, seq: number): Key {
    return this.#rows.entries.keyAt(conversation, seq)
  }

  #put(track: Track): void {
    const at = this.#tracks.findLastIndex(({ last }) => last <= track.last)
    this.#tracks.splice(at + 1, 0, track)
  }
}
