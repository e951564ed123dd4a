const utf8 = new TextEncoder()

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
  if (userId.length === 0) return 'is empty'
  if (utf8.encode(userId).length > 128) return 'is longer than 128 bytes'
  if (/[\p{Cc}\p{Cs}\s]/u.test(userId)) return 'has a control character, a lone surrogate or white space'
  return undefined
}

function escapeId(userId: string): string {
  return /[%/]/.test(userId) ? userId.replaceAll('%', '%25').replaceAll('/', '%2F') : userId
}

function unescapeId(part: string): string {
  return part.includes('%') ? part.replaceAll('%2F', '/').replaceAll('%25', '%') : part
}
