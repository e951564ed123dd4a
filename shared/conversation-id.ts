import { textFault } from './characters.ts'

/** N1, in bytes of UTF-8. */
const USER_ID_BYTES = { min: 1, max: 128 }
/** Of a 1:1 conversation whose users' ids are all `/`: no name is longer, in bytes or code units. */
export const MAX_CONVERSATION_ID = 'dm//'.length + 2 * 3 * USER_ID_BYTES.max

/**
 * The id of a 1:1 conversation is made of its two users: `dm/alice/bob`, in code-unit
 * order, `%` and `/` in a user id escaped (docs/PROTOCOL.md, "Names"). A conversation
 * with oneself is `dm/alice/alice`.
 */
export function directConversationId(a: string, b: string): string {
  const [first, second] = a < b ? [a, b] : [b, a]
  return `dm/${escapeId(first)}/${escapeId(second)}`
}

/** The two users of a 1:1 conversation; undefined if the id is not one in its only form. */
export function directUsers(conversationId: string): [string, string] | undefined {
  if (!conversationId.startsWith('dm/')) return undefined
  // Every SEND and every acknowledgement asks: without an array of parts.
  const slash = conversationId.indexOf('/', 3)
  if (slash < 0) return undefined
  const users: [string, string] = [unescapeId(conversationId.slice(3, slash)), unescapeId(conversationId.slice(slash + 1))]
  return directConversationId(...users) === conversationId ? users : undefined
}

/** The other user of a 1:1 conversation, seen by `self`; undefined if `self` is not in it. */
export function directPeer(conversationId: string, self: string): string | undefined {
  const users = directUsers(conversationId)
  if (!users) return undefined
  if (users[0] === self) return users[1]
  return users[1] === self ? users[0] : undefined
}

/** What a conversation id names (docs/PROTOCOL.md, N3): two users, a group, or what a user keeps for himself. */
export type ConversationKind = 'direct' | 'group' | 'own'

/** The kind that an id claims by its first part; undefined where it is none. */
export function conversationKind(conversationId: string): ConversationKind | undefined {
  if (conversationId.startsWith('dm/')) return 'direct'
  if (conversationId.startsWith('group/')) return isGroupId(conversationId) ? 'group' : undefined
  return conversationId.startsWith('own/') ? 'own' : undefined
}

/** `group/` and 1 to 64 letters, digits and `._~-`. */
export function isGroupId(conversationId: string): boolean {
  return /^group\/[\w.~-]{1,64}$/.test(conversationId)
}

/** The conversation of a user with nobody: preferences, blocks, status. */
export function ownConversationId(userId: string): string {
  return `own/${escapeId(userId)}`
}

/** Whose own conversation it is. */
export function ownUser(conversationId: string): string {
  return unescapeId(conversationId.slice('own/'.length))
}

/** What is wrong with a user id, or undefined (docs/PROTOCOL.md, N1). */
export function userIdFault(userId: string): string | undefined {
  // Nearly all are plain ASCII, and every SEND asks.
  if (/^[!-~]{1,128}$/.test(userId)) return undefined
  return textFault(userId, 'id', USER_ID_BYTES) ?? (/\s/u.test(userId) ? 'has white space' : undefined)
}

/**
 * Why no conversation can have this id, or undefined (docs/PROTOCOL.md, N3): each has one form
 * only. What is stored under a name that an older release took is read by it all the same, so
 * this is asked where something is written, or nothing was found.
 */
export function conversationIdFault(conversationId: string): string | undefined {
  if (conversationId === '') return 'is empty'
  if (conversationId.length > MAX_CONVERSATION_ID) return 'is longer than any conversation id'
  const [kind, ...parts] = conversationId.split('/')
  switch (kind) {
    case 'group':
      return isGroupId(conversationId) ? undefined : 'is not "group/" and 1 to 64 letters, digits and "._~-"'
    case 'own':
      return parts.length === 1 ? partsFault(parts) : 'is not "own/" and a user id'
    case 'dm':
      if (parts.length !== 2) return 'is not "dm/" and two user ids'
      return partsFault(parts) ?? (directUsers(conversationId) ? undefined : 'has its two users in the wrong order')
    default:
      return 'begins with none of "dm/", "group/" and "own/"'
  }
}

function partsFault(parts: readonly string[]): string | undefined {
  for (const part of parts) {
    const userId = unescapeId(part)
    const fault = userIdFault(userId)
    if (fault) return `has a user id that ${fault}`
    if (escapeId(userId) !== part) return 'has "%" that is neither "%25" nor "%2F"'
  }
  return undefined
}

function escapeId(userId: string): string {
  return /[%/]/.test(userId) ? userId.replaceAll('%', '%25').replaceAll('/', '%2F') : userId
}

function unescapeId(part: string): string {
  return part.includes('%') ? part.replaceAll('%2F', '/').replaceAll('%25', '%') : part
}
