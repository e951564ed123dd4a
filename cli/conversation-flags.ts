import type { ConversationRef } from '../client/node.ts'
import { isGroupId } from '../shared/conversation-id.ts'
import { UsageError } from './exit.ts'
import { required } from './flags.ts'
import { userId } from './session.ts'

export const GROUP_FLAG = { value: 'ID', help: 'The group, with or without "group/" before it' } as const

/** The flags of every command that is about one conversation. */
export const CONVERSATION_FLAGS = { with: { value: 'NAME', help: 'The other user' }, group: GROUP_FLAG } as const

/** The conversation id of a group. Throws UsageError. */
export function groupId(value: string | undefined): string {
  const conversationId = `group/${required('group', value).replace(/^group\//, '')}`
  if (!isGroupId(conversationId)) throw new UsageError('--group has 1 to 64 letters, digits and . _ ~ -')
  return conversationId
}

/** Throws UsageError unless it is exactly one of the two; `name` is the flag that names a user. */
export function conversationRef(name: string, user: string | undefined, group: string | undefined): ConversationRef {
  if (group === undefined) return { with: userId(name, user) }
  if (user !== undefined) throw new UsageError(`only one of --${name} and --group is given`)
  return { conversationId: groupId(group) }
}
