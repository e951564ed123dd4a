/**
 * Text of others made safe to show: the one place for terminals, lines of JSON and the page.
 * What is invisible, or changes how its surroundings look, is made visible; letters of every
 * script stay as they are.
 */

/** Control characters (C0, DEL, C1), lone surrogates, and what ends a line. */
const CONTROLS = '\\p{Cc}\\p{Cs}\\u2028\\u2029'
/** Marks, embeddings, overrides and isolates of direction (UAX 9). */
const DIRECTIONS = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069'
/** Takes no room: two names that differ by it look the same. Joiners that scripts and emoji need are not among them. */
const INVISIBLE = '\\u00ad\\u034f\\u180e\\u200b\\u2060-\\u2065\\u206a-\\u206f\\ufeff\\ufff9-\\ufffb'

const UNSAFE_IN_A_TERMINAL = new RegExp(`[${CONTROLS}${DIRECTIONS}]`, 'gu')
/** Tags are invisible too, but for those that make a flag out of a black one. */
const UNSAFE_IN_A_NAME = new RegExp(
  `[${CONTROLS}${DIRECTIONS}${INVISIBLE}]|(?<!\\u{1f3f4}[\\u{e0020}-\\u{e007e}]*)[\\u{e0000}-\\u{e007f}]`,
  'gu',
)
/** Hebrew, Arabic and the other scripts that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

const FIRST_STRONG_ISOLATE = '\u2068'
const POP_ISOLATE = '\u2069'

/** A name, or another short text of one line, inside an element that isolates it, such as `<bdi>`. */
export function shownName(text: string): string {
  return text.replace(UNSAFE_IN_A_NAME, '\ufffd')
}

/** A name within a sentence of ours, where no element can isolate it: a title, a label, a notice. */
export function namedInText(text: string): string {
  return isolated(shownName(text))
}

/** A piece of one line for a terminal: no byte of it reaches the terminal as a command, and it turns nothing around it. */
export function forTerminal(text: string): string {
  return isolated(escaped(text))
}

/** A whole output of ours as it goes to a terminal: lines stay lines, and whatever else is a command is shown. The isolates of `forTerminal` stay. */
export function terminalLines(text: string): string {
  return text.replace(UNSAFE_IN_A_TERMINAL, (character) => (/[\n\u2068\u2069]/.test(character) ? character : unicodeEscape(character)))
}

/** A value as one line of JSON that no terminal obeys: the parsed value is the same. */
export function jsonLine(value: unknown): string {
  // Outside of strings JSON has none of these, and in a string an escape stands for the character.
  return escaped(JSON.stringify(value))
}

function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? FIRST_STRONG_ISOLATE + text + POP_ISOLATE : text
}

function escaped(text: string): string {
  return text.replace(UNSAFE_IN_A_TERMINAL, unicodeEscape)
}

/** As JSON has it, which people know. */
function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
