/** Whom a text calls by `@name`. */
export interface Called {
  readonly mentions: readonly string[]
  readonly mentionAll: boolean
}

export const ALL = 'all'

/** The part of a text before the caret that may become a name; undefined where none is begun. */
export function begunName(text: string, caret: number): string | undefined {
  return /(?:^|[\s(])@(\S*)$/u.exec(text.slice(0, caret))?.[1]
}

/** The text with the begun name before the caret made whole, and where the caret is then. */
export function completed(text: string, caret: number, name: string): { text: string; caret: number } {
  const begun = begunName(text, caret) ?? ''
  const before = `${text.slice(0, caret - begun.length)}${name} `
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length }
}

/** Whom of `users` the text calls. */
export function calledIn(text: string, users: Iterable<string>): Called {
  if (!text.includes('@')) return { mentions: [], mentionAll: false }
  const called = new Set(Array.from(text.matchAll(pattern([...users, ALL])), ([, name]) => name ?? ''))
  const mentionAll = called.delete(ALL)
  return { mentions: [...called], mentionAll }
}

/** `@` and one of the names, where no longer word goes on. The longest first, for one may begin with another. */
export function pattern(names: readonly string[]): RegExp {
  const any = [...names]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
    .join('|')
  return new RegExp(`(?<![^\\s(])@(${any})(?![\\p{L}\\p{N}_])`, 'gu')
}
