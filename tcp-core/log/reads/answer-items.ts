import { ProtobufWriter } from '../../../shared/protobuf-writer.ts'
import { ReadSlice } from './read-slice.ts'

/** What one answer has at most (Y1, Y7), so that neither side ever holds more of a large one; only a single item may be larger. */
export const ANSWER_BYTES = 256 * 1024
/** What a message, or a conversation of the list, has at most besides a message's content: details, reactions, a group's profile, a draft. */
export const ITEM_BYTES = 192 * 1024
/** Of an answer, for what it says besides its items, and for the frame around it. */
const ROOM_BYTES = 2048
/** Of an item, for its tag and length. */
const WRAP_BYTES = 5

const writer = new ProtobufWriter()

/** An item, and where it stands among the others: a cursor to go on after it. */
export interface Placed<T> {
  readonly item: T
  readonly place: string
}

/** Gathers the items of one answer, bounded by all that they take when they are encoded, whatever they are made of, and by the time that it takes to find them. */
export class AnswerItems<T> {
  readonly items: T[] = []
  readonly #write: (writer: ProtobufWriter, item: T) => void
  readonly #slice = new ReadSlice()
  #bytes = ROOM_BYTES

  constructor(write: (writer: ProtobufWriter, item: T) => void) {
    this.#write = write
  }

  /** Takes the item if there is room; the first is always taken, for it comes in no smaller answer. */
  add(item: T): boolean {
    writer.reset()
    this.#write(writer, item)
    this.#bytes += writer.length + WRAP_BYTES
    if (this.items.length > 0 && (this.#bytes > ANSWER_BYTES || this.#slice.isOver)) return false
    this.items.push(item)
    return true
  }
}

/** As many of the items as one answer holds, and the cursor to go on after them; '' where there are no more. */
export function answerPage<T>(
  write: (writer: ProtobufWriter, item: T) => void,
  placed: Iterable<Placed<T>>,
): { items: T[]; nextCursor: string } {
  const answer = new AnswerItems(write)
  const { items } = answer
  let last = ''
  for (const { item, place } of placed) {
    if (!answer.add(item)) return { items, nextCursor: last }
    last = place
  }
  return { items, nextCursor: '' }
}
