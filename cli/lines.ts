import { attributesOf } from '../client/attributes.ts'
import { groupSettings } from '../client/group.ts'
import { type Change, type ChatMessage, ContactStep, type ConversationChange, roleName, type SendResult } from '../client/node.ts'
import { jsonLine } from '../shared/foreign-text.ts'
import type { Attribute, GroupSettings as GroupSettingsBody } from '../shared/gen/hawser.ts'

/** A message as one line of JSON; in a page also a change. What it has besides its text is there where there is some of it. */
export function messageLine(message: ChatMessage): string {
  const { conversationId: conversation, seq, messageId, from, text, sentAt, change } = message
  if (change) return changeLine({ conversationId: conversation, seq, by: from, at: sentAt, change })
  return jsonLine({ conversation, seq, messageId, from, text, sentAt, ...besides(message) })
}

/** Something done to a conversation as one line of JSON. */
export function changeLine({ conversationId: conversation, seq, by, at, change }: ConversationChange): string {
  return jsonLine({ conversation, seq, from: by, sentAt: at, change: readable(change) })
}

/** Where something was stored, as one line of JSON. */
export function storedLine({ conversationId: conversation, ...sent }: SendResult): string {
  const { seq, messageId, durability, duplicate, sentAt, scheduledFor } = sent
  if (scheduledFor !== undefined) return jsonLine({ conversation, clientMessageId: sent.clientMessageId, duplicate, scheduledFor })
  return jsonLine({ conversation, seq, messageId, durability, duplicate, sentAt })
}

function besides(message: ChatMessage): object {
  const { contentType, replyTo, thread, mentions, mentionAll, forward, attributes, expiresAt } = message
  const { editedAt, recalledAt, recalledBy, expired, reactions, pinned } = message
  return given({
    contentType: contentType === 'text/plain' ? '' : contentType,
    ...{ replyTo, thread, mentions, mentionAll, forward, attributes, expiresAt },
    ...{ editedAt, recalledAt, recalledBy, expired, reactions, pinned },
  })
}

/** Without what is empty. */
function given(fields: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => (typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value)),
  )
}

/** With words where the protocol has numbers and bytes. */
function readable(change: Change): object {
  const { create, update, edit, role, contact } = change
  return {
    ...change,
    ...(create && { create: { ...create, ...profile(create) } }),
    ...(update && { update: { ...update, ...profile(update) } }),
    ...(edit && { edit: { seq: edit.seq, contentType: edit.contentType, text: new TextDecoder().decode(edit.content) } }),
    ...(role && { role: { user: role.user, role: roleName(role.role) } }),
    ...(contact && { contact: { step: CONTACT_STEPS[contact.step], note: contact.note } }),
  }
}

const CONTACT_STEPS = {
  [ContactStep.REQUEST]: 'request',
  [ContactStep.ACCEPT]: 'accept',
  [ContactStep.DECLINE]: 'decline',
  [ContactStep.REMOVE]: 'remove',
} as const

function profile({ attributes, settings }: { attributes: Attribute[]; settings?: GroupSettingsBody | undefined }): object {
  return { attributes: attributesOf(attributes), settings: settings && groupSettings(settings) }
}
