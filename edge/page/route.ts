import { type ReadonlySignal, signal } from '@preact/signals'

/** The location's hash says which conversation is open, so that reload, back and links work. */
const PREFIX = '#/with/'
const current = signal(parse(location.hash))

/** The peer of the open conversation; undefined for the list alone. */
export const openPeer: ReadonlySignal<string | undefined> = current

export const hrefOf = (peer: string): string => PREFIX + encodeURIComponent(peer)
export const LIST_HREF = '#/'

export function open(peer: string): void {
  location.hash = hrefOf(peer)
}

export function openList(): void {
  location.hash = LIST_HREF
}

export function followHash(): void {
  window.addEventListener('hashchange', () => {
    current.value = parse(location.hash)
  })
}

function parse(hash: string): string | undefined {
  if (!hash.startsWith(PREFIX)) return undefined
  try {
    return decodeURIComponent(hash.slice(PREFIX.length)) || undefined
  } catch {
    return undefined
  }
}
