import { directConversationId, ownConversationId } from '../../../shared/conversation-id.ts'
import { type Change, ContactState, ContactStep, Role } from '../../../shared/gen/hawser.ts'
import { active, isGone, type Model, type ModelConversation } from './model.ts'

/** A state that somebody may want to be out of, and what may be done about it; one of these has to be let through. */
export interface Exit {
  readonly from: string
  readonly ways: readonly Way[]
}

export interface Way {
  readonly by: string
  readonly conversationId: string
  readonly change: Change
}

/** Every state of a model that has to have a way out. */
export function exits(model: Model, users: readonly string[], now: number): Exit[] {
  const all: Exit[] = []
  for (const conversation of model.conversations.values()) {
    all.push(...messageExits(conversation), ...(conversation.group ? groupExits(conversation, now) : []))
  }
  for (const one of users) for (const other of users) if (one !== other) all.push(...pairExits(model, one, other))
  return all
}

function groupExits(conversation: ModelConversation, now: number): Exit[] {
  const { id, group, members } = conversation
  const inside = active(conversation)
  const byAnybody = (change: Change): Way[] => inside.map((by) => ({ by, conversationId: id, change }))
  const exits = inside.map((by) => {
    const others = inside.filter((user) => user !== by)
    const ways: Change[] = [
      { leave: {} },
      ...others.map((user) => ({ transfer: { user } })),
      ...(members.get(by)?.role === Role.OWNER ? [{ dissolve: {} }] : []),
    ]
    return { from: `${by} is in ${id}`, ways: ways.map((change) => ({ by, conversationId: id, change })) }
  })
  if (!group || group.dissolved) return exits
  const muted = inside.filter((user) => (members.get(user)?.mutedUntil ?? 0) > now)
  for (const user of muted) exits.push({ from: `${user} is muted in ${id}`, ways: byAnybody({ mute: { users: [user], until: 0 } }) })
  if (group.mutedUntil > now) exits.push({ from: `${id} is muted`, ways: byAnybody({ mute: { users: [], until: 0 } }) })
  return exits
}

/** Whoever is there takes back what is his, and what is pinned and seen by somebody can be unpinned. */
function messageExits(conversation: ModelConversation): Exit[] {
  const { id, entries, members, group } = conversation
  const inside = active(conversation)
  const sees = (user: string, seq: number) => (members.get(user)?.from ?? 0) < seq
  return entries
    .filter((entry) => !entry.change && !isGone(entry))
    .flatMap(({ seq, by, pinned, reactions }) => {
      const here = `${seq} of ${id}`
      const way = (user: string, change: Change) => ({ by: user, conversationId: id, change })
      const reacted = [...reactions].flatMap(([key, users]) => [...users].map((user) => [key, user] as const))
      const seen = inside.filter((user) => sees(user, seq))
      return [
        ...(seen.includes(by) ? [{ from: `${by} has said ${here}`, ways: [way(by, { recall: { seq } })] }] : []),
        ...reacted
          .filter(([, user]) => seen.includes(user))
          .map(([key, user]) => ({ from: `${user} has reacted to ${here}`, ways: [way(user, { react: { seq, key, removed: true } })] })),
        ...(pinned && seen.length > 0 && !group?.dissolved
          ? [{ from: `${here} is pinned`, ways: seen.map((user) => way(user, { pin: { seq, removed: true } })) }]
          : []),
      ]
    })
}

function pairExits(model: Model, one: string, other: string): Exit[] {
  const direct = directConversationId(one, other)
  const state = model.contactState(direct, one)
  const steps = [ContactStep.REMOVE, ContactStep.DECLINE]
  const ways = steps.map((step) => ({ by: one, conversationId: direct, change: { contact: { step, note: '' } } }))
  const exits: Exit[] = state === ContactState.NO_CONTACT ? [] : [{ from: `${one} has ${state} with ${other}`, ways }]
  if (!model.isBlocked(one, other)) return exits
  const unblock = { by: one, conversationId: ownConversationId(one), change: { block: { user: other, removed: true } } }
  return [...exits, { from: `${one} has blocked ${other}`, ways: [unblock] }]
}
