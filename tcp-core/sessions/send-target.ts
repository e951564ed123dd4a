import { conversationKind, directConversationId, directPeer, ownConversationId, userIdFault } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import { checkUserId } from '../../shared/fields.ts'
import { noConversation } from '../log/rules/refusals.ts'

/** Where an entry goes: to the users that its conversation's id names, or to a group's members, who may change. */
export type Target =
  | {
      readonly kind: 'fixed'
      readonly conversationId: string
      readonly members: Iterable<string>
      /** The other one, or the sender where there is none. */
      readonly recipient: string
    }
  | { readonly kind: 'group'; readonly conversationId: string }

interface Addressed {
  readonly toUser: string
  readonly conversationId: string
}

/** Where a session sends to. Who talks sends to the same again and again, so the last target is kept: finding it is a twentieth of what a message costs. */
export class SendTargets {
  readonly #sender: string
  #addressed: Addressed = { toUser: '', conversationId: '' }
  #target: Target | undefined

  constructor(sender: string) {
    this.#sender = sender
  }

  /** Throws RequestError. */
  of(addressed: Addressed): Target {
    const { toUser, conversationId } = this.#addressed
    if (this.#target && addressed.toUser === toUser && addressed.conversationId === conversationId) return this.#target
    const target = targetOf(this.#sender, addressed)
    this.#addressed = { toUser: addressed.toUser, conversationId: addressed.conversationId }
    this.#target = target
    return target
  }
}

/** S1: a message names its recipient or its conversation. Throws RequestError. */
export function targetOf(sender: string, { toUser, conversationId }: Addressed): Target {
  if ((toUser === '') === (conversationId === '')) {
    throw new RequestError('field_invalid', 'Exactly one of "to_user" and "conversation_id" is given.', { field: 'to_user' })
  }
  if (toUser !== '') {
    checkUserId('to_user', toUser)
    return { kind: 'fixed', conversationId: directConversationId(sender, toUser), members: membersOf(sender, toUser), recipient: toUser }
  }
  switch (conversationKind(conversationId)) {
    case 'direct': {
      const recipient = directPeer(conversationId, sender)
      if (recipient !== undefined && !userIdFault(recipient))
        return { kind: 'fixed', conversationId, members: membersOf(sender, recipient), recipient }
      break
    }
    case 'own':
      if (conversationId === ownConversationId(sender)) return { kind: 'fixed', conversationId, members: [sender], recipient: sender }
      break
    case 'group':
      return { kind: 'group', conversationId }
    case undefined:
      break
  }
  throw noConversation(conversationId)
}

function membersOf(sender: string, recipient: string): readonly string[] {
  return sender === recipient ? [sender] : [sender, recipient]
}
