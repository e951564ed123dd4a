/**
 * What is in no text field but content (docs/PROTOCOL.md, N2): control characters (C0, DEL and
 * C1), halves of a character, ends of a line or paragraph, and what turns the direction of the
 * text after it (U+202A to U+202E, U+2066 to U+2069), by which a name mirrors a whole line or
 * disguises a file's ending. The marks U+200E, U+200F and U+061C turn nothing but the place
 * where they stand, and ordinary Arabic and Hebrew needs them.
 */
const NOT_IN_TEXT = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
/** The same, but for tabs and ends of lines. */
const NOT_IN_LINES = /(?![\t\n\r\u2028\u2029])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u
/** Nobody sees the marks, so that two ids would look alike. */
const NOT_IN_IDS = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
const PLAIN = /^[ -~]*$/

const utf8 = new TextEncoder()

/** `id` is compared and kept as a name; `text` is one line that people read, `lines` several. */
export type TextKind = 'id' | 'text' | 'lines'

/** In bytes of UTF-8. */
export interface TextLimits {
  readonly min: number
  readonly max: number
}

/** What is wrong with a text, to go on after its name; undefined where nothing is. Costs no more for a text of any length than for the longest that is taken. */
export function textFault(value: string, kind: TextKind, { min, max }: TextLimits): string | undefined {
  // Nearly all are plain ASCII, and every SEND asks.
  if (value.length >= min && value.length <= max && PLAIN.test(value)) return undefined
  if (value.length < min) return 'is empty'
  // No code unit is less than a byte.
  if (value.length > max || utf8.encode(value).length > max) return `is longer than ${max} bytes`
  switch (kind) {
    case 'id':
      return NOT_IN_IDS.test(value) ? 'has a control character, a mark of direction or a lone surrogate' : undefined
    case 'text':
      return NOT_IN_TEXT.test(value) ? 'has a control character, one that turns the direction of text or a lone surrogate' : undefined
    case 'lines':
      return NOT_IN_LINES.test(value)
        ? 'has a control character other than tabs and line breaks, one that turns the direction of text or a lone surrogate'
        : undefined
  }
}
