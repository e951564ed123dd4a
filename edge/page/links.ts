export type LinkPiece = string | { readonly href: string; readonly text: string }

const URLS = /\bhttps?:\/\/[^\s<>"]+/gi
/** What more likely ends the sentence than the address. */
const TRAILING = /[.,;:!?'"*_~]+$/

/** Cuts a text into plain pieces and web addresses; nothing but http and https becomes a link. */
export function linked(text: string): LinkPiece[] {
  const pieces: LinkPiece[] = []
  let end = 0
  for (const match of text.matchAll(URLS)) {
    const address = withoutTrail(match[0])
    if (!URL.canParse(address)) continue
    if (match.index > end) pieces.push(text.slice(end, match.index))
    pieces.push({ href: address, text: address })
    end = match.index + address.length
  }
  if (end < text.length) pieces.push(text.slice(end))
  return pieces
}

/** Drops punctuation at the end, and a bracket that was opened before the address. */
function withoutTrail(address: string): string {
  const bare = address.replace(TRAILING, '')
  const closesMore = bare.split(')').length > bare.split('(').length
  return bare.endsWith(')') && closesMore ? withoutTrail(bare.slice(0, -1)) : bare
}
