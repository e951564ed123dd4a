import { signal } from '@preact/signals'
import type { LinkifyIt } from 'linkify-it'
import { shownName } from '../../shared/foreign-text.ts'

export type LinkPiece = string | { readonly href: string; readonly text: string }

/** A part of the text that is an address. */
interface Found {
  readonly start: number
  readonly end: number
  readonly url: string
}

/** What knows addresses comes after the page itself, which is smaller by it. */
const linkify = signal<LinkifyIt | undefined>(undefined)

/** From then on there are links, also in what is shown already. Rejects where it cannot be had: texts stay without. */
export async function loadLinks(): Promise<void> {
  const { LinkifyIt } = await import('linkify-it')
  linkify.value = new LinkifyIt({ urlAuth: true })
}

/** Most texts have none. */
const MAY_HAVE_LINKS = /https?:\/\/|@/i
/** Also where a script without spaces goes on into an address, but not within a word of ASCII. */
const WEB_ADDRESSES = /(?<![a-z0-9_])https?:/gi

/** Cuts a text into plain pieces and addresses; nothing but http, https and mailto becomes a link. */
export function linked(text: string): LinkPiece[] {
  const known = linkify.value
  if (!known || !MAY_HAVE_LINKS.test(text)) return text === '' ? [] : [text]
  const pieces: LinkPiece[] = []
  let end = 0
  for (const found of addressesIn(known, text)) {
    // Within the one before, such as an address in a query.
    if (found.start < end) continue
    const link = linkTo(found.url)
    if (!link) continue
    const plain = text.slice(end, found.start) + link.before
    if (plain !== '') pieces.push(plain)
    pieces.push({ href: link.href, text: link.text })
    end = found.end
  }
  if (end < text.length) pieces.push(text.slice(end))
  return pieces
}

function addressesIn(known: LinkifyIt, text: string): Found[] {
  const web: Found[] = []
  for (const { 0: schema, index: start } of text.matchAll(WEB_ADDRESSES)) {
    // Each address is looked at once, however many are within it.
    if (start < (web.at(-1)?.end ?? 0)) continue
    const length = known.testSchemaAt(text, schema.toLowerCase(), start + schema.length)
    const end = start + schema.length + length
    if (length > 0) web.push({ start, end, url: text.slice(start, end) })
  }
  const mail = (text.includes('@') ? (known.match(text) ?? []) : [])
    .filter(({ url }) => url.startsWith('mailto:'))
    .map(({ index, lastIndex, url }) => ({ start: index, end: lastIndex, url }))
  return [...web, ...mail].sort((a, b) => a.start - b.start)
}

/**
 * A link that says where it leads. What stands for a user in an address (`https://good.com@evil.com`)
 * stays before it as plain text; a host that looks like another one is shown as a browser calls it.
 */
function linkTo(address: string): { before: string; href: string; text: string } | undefined {
  if (address.startsWith('mailto:')) {
    const host = address.slice(address.lastIndexOf('@') + 1)
    return looksLikeAnother(host) ? undefined : { before: '', href: address, text: address.slice('mailto:'.length) }
  }
  const [, scheme = '', user = '', host = '', rest = ''] = /^(https?:\/\/)(?:([^/?#]*)@)?([^/?#:]*|\[[^\]]*\])(.*)$/is.exec(address) ?? []
  if (!URL.canParse(scheme + host + rest)) return undefined
  const shown = looksLikeAnother(host) ? new URL(scheme + host).hostname : host
  const text = shownName(shown + rest)
  return user === ''
    ? { before: '', href: scheme + host + rest, text: scheme + text }
    : { before: `${scheme}${user}@`, href: scheme + host + rest, text }
}

const LATIN = /\p{Script=Latin}/u
const NOT_LATIN = /(?!\p{Script=Latin})\p{L}/u
/** Scripts with letters that are drawn as Latin ones are. */
const LOOKS_LATIN = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u

/** Whether a host mixes scripts in a way that can pass for another host. */
function looksLikeAnother(host: string): boolean {
  if (LATIN.test(host) && LOOKS_LATIN.test(host)) return true
  return host.split('.').some((label) => LATIN.test(label) && NOT_LATIN.test(label))
}
