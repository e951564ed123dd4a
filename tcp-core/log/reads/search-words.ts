/** Which folding this is: what was indexed with another is indexed again. */
export const FOLDING = 2
/** Of one text; what is past it is not found, so that no message takes long. */
const MAX_TEXT = 64 * 1024
const MAX_WORD = 40

/** A character of a script that is written without spaces. */
const APART = String.raw`[[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]&&[\p{L}\p{N}\p{M}]]`
const SPACED = String.raw`[[\p{L}\p{N}\p{M}]--${APART}]+`
const WORD = new RegExp(`${APART}|${SPACED}`, 'gv')
const RUN = new RegExp(`${APART}+|${SPACED}`, 'gv')
const IS_APART = new RegExp(`^${APART}`, 'v')
const ASCII_WORD = /[a-z0-9]+/g
const NOT_ASCII = /[^\p{ASCII}]/v

/** What a text has to have: words one after the other, of which the last may go on. */
export interface SearchTerm {
  readonly words: readonly string[]
  readonly prefix: boolean
}

/**
 * The words by which a text is found, without case, accents and other ways to write the same.
 * Characters of scripts without spaces (Chinese, Japanese, Korean, Thai and their like) are
 * words of their own, so that any part of what is written is found.
 */
export function wordsOf(text: string): string[] {
  const words = matches(text.slice(0, MAX_TEXT), WORD)
  return words.map((word) => word.slice(0, MAX_WORD))
}

/** What somebody looks for; of a word that is perhaps not typed to its end the beginning is enough. */
export function termsOf(text: string): SearchTerm[] {
  return termsOfRuns(matches(text, RUN))
}

/** By which the same is found in what the index took in with the folding of before. */
export function formerTermsOf(text: string): SearchTerm[] {
  return termsOfRuns(matches(text, RUN, foldedBefore))
}

function termsOfRuns(runs: readonly string[]): SearchTerm[] {
  return runs.map((run, at) => {
    const apart = IS_APART.test(run)
    return { words: apart ? [...run] : [run.slice(0, MAX_WORD)], prefix: !apart && at === runs.length - 1 }
  })
}

/** Whether a text with these words is one that is looked for. */
export function hasTerms(words: readonly string[], terms: readonly SearchTerm[]): boolean {
  const text = ` ${words.join(' ')} `
  return terms.every((term) => text.includes(` ${term.words.join(' ')}${term.prefix ? '' : ' '}`))
}

function matches(text: string, pattern: RegExp, fold = folded): readonly string[] {
  const lower = text.toLowerCase()
  if (!NOT_ASCII.test(lower)) return lower.match(ASCII_WORD) ?? []
  return fold(lower).match(pattern) ?? []
}

/** Accents; niqqud; tashkeel and tatweel; what is not seen: soft hyphens, joiners, marks of direction, variation selectors. */
const MARKS =
  /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u00ad\u061c\u200b-\u200f\u2060\ufeff]|[\ufe00-\ufe0f]/g
/** Letters that no normal form takes apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ø: 'o',
  ħ: 'h',
  ŧ: 't',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ς: 'σ',
}
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g')

function folded(lower: string): string {
  return lower
    .normalize('NFKD')
    .replace(MARKS, '')
    .normalize('NFC')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
}

function foldedBefore(lower: string): string {
  return lower
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replaceAll('ς', 'σ')
}
