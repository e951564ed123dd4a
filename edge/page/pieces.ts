import { linked } from './links.ts'
import { ALL, type Called, pattern } from './mentions.ts'

/** A part of a text: plain, an address, or somebody's name. */
export type Piece = string | { readonly href: string; readonly text: string } | { readonly mention: string }

export function piecesOf(text: string, { mentions, mentionAll }: Called): Piece[] {
  const names = mentionAll ? [...mentions, ALL] : mentions
  if (names.length === 0) return linked(text)
  return linked(text).flatMap((piece) => (typeof piece === 'string' ? withNames(piece, names) : [piece]))
}

function withNames(text: string, names: readonly string[]): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(pattern(names))) {
    if (match.index > end) pieces.push(text.slice(end, match.index))
    pieces.push({ mention: match[1] ?? '' })
    end = match.index + match[0].length
  }
  if (end < text.length) pieces.push(text.slice(end))
  return pieces
}
