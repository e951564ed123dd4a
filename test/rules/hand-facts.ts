import { directConversationId, ownConversationId } from '../../shared/conversation-id.ts'
import { type AddedBy, ContactState, type GroupSettings, Role } from '../../shared/gen/hawser.ts'
import type { Allowance, Facts, Group, Member, Scheduled, Target } from '../../tcp-core/log/rules/facts.ts'

export const GROUP = 'group/g'
export const NOW = 1_000_000_000

/** What a scene says of its group besides what all have. */
export interface Scene {
  readonly settings?: Partial<GroupSettings>
  readonly dissolved?: boolean
  readonly mutedUntil?: number
}

const active = (role: Role, more: Partial<Member> = {}): Member => ({ role, fromSeq: 0, untilSeq: undefined, mutedUntil: 0, ...more })

/**
 * One group by hand: olga owns it, adam is an admin, mia and noa are members, fred was one up
 * to 5, bob is kept out, and sam is a stranger. Each has sent the message of his seq; 9 is
 * gone and 10 is a change. mia has a message scheduled as "kept", and has blocked bob.
 */
export function handFacts({ settings = {}, dissolved = false, mutedUntil = 0 }: Scene = {}): Facts {
  const members = new Map<string, Member>([
    ['olga', active(Role.OWNER)],
    ['adam', active(Role.ADMIN)],
    ['mia', active(Role.MEMBER)],
    ['noa', active(Role.MEMBER, { mutedUntil: NOW + 5000 })],
    ['fred', active(Role.MEMBER, { untilSeq: 5 })],
  ])
  const profile = { name: 'g', description: '', avatar: '', attributes: [], members: [], settings: settings as GroupSettings }
  const group: Group = { profile, memberCount: 4, mutedUntil, dissolved }
  const senders = ['olga', 'adam', 'mia', 'noa', 'fred']
  const target = (seq: number): Target => ({
    seq,
    sender: senders[seq - 1] ?? 'mia',
    sentAt: NOW - 1000,
    isChange: seq === 10,
    isGone: seq === 9,
  })
  const inGroup = (conversationId: string) => conversationId === GROUP
  const nobodySays: Allowance = { addedBy: 0 as AddedBy, day: -1, added: 0, adds: 0, groups: 0 }
  const known = new Set(['olga', 'adam', 'mia', 'noa', 'fred', 'bob', 'sam'])
  const own = [...known].map(ownConversationId)
  const direct = directConversationId('mia', 'sam')
  const kept: Scheduled = { sendAt: NOW + 1000, send: new Uint8Array(0) }
  return {
    conversation: (id) => (inGroup(id) ? { lastSeq: 10 } : own.includes(id) || id === direct ? { lastSeq: 10 } : undefined),
    isKnown: (user) => known.has(user),
    member(id, user) {
      if (inGroup(id)) return members.get(user)
      return id === ownConversationId(user) || (id === direct && ['mia', 'sam'].includes(user)) ? active(0 as Role) : undefined
    },
    members(id, users) {
      const inside = inGroup(id) ? users.filter((user) => members.get(user)?.untilSeq === undefined && members.has(user)) : []
      return new Map(inside.map((user) => [user, { role: members.get(user)?.role ?? Role.MEMBER }]))
    },
    group: (id) => (inGroup(id) ? group : undefined),
    owner: () => 'olga',
    banned: (_, users) => users.filter((user) => user === 'bob'),
    banCount: () => 1,
    allowances: (users) => new Map(users.filter((user) => known.has(user)).map((user) => [user, nobodySays])),
    isBlocked: (user, other) => user === 'mia' && other === 'bob',
    blocking: (users, other) => (other === 'bob' ? users.filter((user) => user === 'mia') : []),
    blockCount: () => 1,
    contact: () => ContactState.NO_CONTACT,
    contacts: () => new Set(),
    target: (id, seq) => ((inGroup(id) || id === direct) && seq >= 1 && seq <= 10 ? target(seq) : undefined),
    editCount: () => 0,
    hasReacted: () => false,
    reactionKinds: () => ({ count: 0, has: false }),
    pinned: () => [],
    scheduled: (user, clientMessageId) => (user === 'mia' && clientMessageId === 'kept' ? kept : undefined),
    scheduledCount: () => 1,
  }
}
