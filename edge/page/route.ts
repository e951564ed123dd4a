import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { conversationKind, directConversationId, directPeer } from '../../shared/conversation-id.ts'

/** The location's hash says which conversation is open, so that reload, back and links work. */
const DIRECT = '#/with/'
const GROUP = '#/group/'
const ROOM = '#/room/'
const hash = signal(location.hash)

/** Where a person can be: in the 1:1 conversation with a user, or in a group, named by its conversation id. */
export type Place = { readonly kind: 'direct'; readonly peer: string } | { readonly kind: 'group'; readonly id: string }

/** What is open; undefined for the list alone. */
export const openPlace: ReadonlySignal<Place | undefined> = computed(() => parse(hash.value))

/** The room that one is in instead; undefined for none. */
export const openRoom: ReadonlySignal<string | undefined> = computed(() =>
  hash.value.startsWith(ROOM) ? decoded(hash.value.slice(ROOM.length)) || undefined : undefined,
)

export const LIST_HREF = '#/'

export function hrefOf(conversationId: string, self: string): string {
  const peer = directPeer(conversationId, self)
  return peer === undefined ? GROUP + encodeURIComponent(conversationId.slice('group/'.length)) : DIRECT + encodeURIComponent(peer)
}

/** The conversation id of a place, for the user who is there (docs/PROTOCOL.md, N3). */
export function conversationAt(place: Place, self: string): string {
  return place.kind === 'direct' ? directConversationId(self, place.peer) : place.id
}

export function open(conversationId: string, self: string): void {
  location.hash = hrefOf(conversationId, self)
}

export function openRoomAt(roomId: string): void {
  location.hash = ROOM + encodeURIComponent(roomId)
}

export function openList(): void {
  location.hash = LIST_HREF
}

export function followHash(): void {
  window.addEventListener('hashchange', () => {
    hash.value = location.hash
  })
}

function parse(from: string): Place | undefined {
  const name = decoded(from.slice(from.indexOf('/', 2) + 1))
  if (!name) return undefined
  if (from.startsWith(DIRECT)) return { kind: 'direct', peer: name }
  const id = `group/${name}`
  return from.startsWith(GROUP) && conversationKind(id) === 'group' ? { kind: 'group', id } : undefined
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
