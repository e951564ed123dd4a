import { directConversationId, directPeer } from '../../../shared/conversation-id.ts'
import { ContactState, type Reaction, type Relation, readDetails, readSend, type Scheduled } from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import { EDITED, EXPIRED, MENTIONS_ALL, RECALLED } from '../message-flags.ts'
import { aftermathOf } from '../reads/aftermath.ts'
import type { Placed } from '../reads/answer-items.ts'
import { contactState } from '../reads/contact-state.ts'
import type {
  AudienceRow,
  ConversationRows,
  EntryRows,
  Key,
  LogRows,
  MemberRow,
  MemberRows,
  MessageRows,
  RelationRows,
  ScheduledRows,
  UnreadRows,
  WordRows,
} from '../reads/rows.ts'
import { isOver } from '../reads/visibility.ts'
import { partOf } from '../reads/wanted.ts'
import type { MemoryConversation, MemoryEntry, MemoryState } from './state.ts'

/** The rows of a log in memory, looked for one by one: it is for tests, and small. */
export function memoryRows(state: MemoryState): LogRows {
  const of = (id: Key): MemoryConversation => {
    const conversation = state.conversationBy(id)
    if (!conversation) throw new Error(`there is no conversation ${id}`)
    return conversation
  }
  const name = (user: Key) => state.userBy(user)?.name ?? ''
  return {
    users: { knownUser: (user) => state.users.get(user)?.id, userName: name },
    conversations: conversationRows(state),
    entries: entryRows(state, of),
    messages: messageRows(state, of, name),
    unread: unreadRows(of),
    members: memberRows(state, of, name),
    groups: { find: (conversation) => of(conversation).group },
    bans: {
      page: (conversation, after, limit) =>
        [...of(conversation).bans]
          .filter(([user]) => user > after)
          .toSorted(([a], [b]) => a - b)
          .slice(0, limit)
          .map(([user, { by, at }]) => ({ user, name: name(user), banned_by: name(by), banned_at: at })),
    },
    relations: relationRows(state, of),
    preferences: { find: (user, conversation) => of(conversation).preferences.get(user) },
    scheduled: scheduledRows(state),
    words: wordRows(of),
  }
}

/** The user's conversations that have an entry, with the last that is the user's to see, the latest first. */
function latest(state: MemoryState, userName: string, before: Key): { conversation: MemoryConversation; last: MemoryEntry }[] {
  const user = state.users.get(userName)?.id ?? 0
  return [...state.conversations.values()]
    .flatMap((conversation) => {
      const member = conversation.members.get(user)
      const last = member && (member.until_message === null ? conversation.entries.at(-1) : state.entryBy(member.until_message))
      return last && last.id < before ? [{ conversation, last }] : []
    })
    .toSorted((a, b) => b.last.id - a.last.id)
}

function conversationRows(state: MemoryState): ConversationRows {
  return {
    named: (name) => {
      const found = state.conversations.get(name)
      return found && { id: found.id, epoch: found.epoch, last_seq: found.entries.length }
    },
    listed: (user, before, limit) =>
      latest(state, user, before)
        .slice(0, limit)
        .map(({ conversation: { name, id, epoch }, last }) => ({ ...last, name, conversation: id, epoch, last_message: last.id }))
        .values(),
    searched: (user, name, before, limit) =>
      latest(state, user, before)
        .filter(({ conversation }) => name === '' || conversation.name === name)
        .slice(0, limit)
        .map(({ conversation, last }) => ({ name: conversation.name, last: last.id })),
  }
}

function entryRows(state: MemoryState, of: (id: Key) => MemoryConversation): EntryRows {
  return {
    at: (conversation, seq) => of(conversation).entries[seq - 1],
    keyAt: (conversation, seq) => of(conversation).entries[seq - 1]?.id ?? 0,
    of: (conversation, id) => {
      const entry = state.entryBy(id)
      return entry?.conversation.id === conversation ? entry : undefined
    },
    between: (conversation, after, upTo, order) => {
      const entries = of(conversation).entries.slice(after, upTo)
      return (order === 'latest' ? entries.reverse() : entries).values()
    },
    digestAt: (conversation, seq) => of(conversation).entries[seq - 1]?.digest,
    find: (id) => {
      const entry = state.entryBy(id)
      if (!entry) return undefined
      return { ...entry, name: entry.conversation.name, conversation: entry.conversation.id, bytes: entry.content.length }
    },
  }
}

function messageRows(state: MemoryState, of: (id: Key) => MemoryConversation, name: (user: Key) => string): MessageRows {
  const reactions = ({ reactions }: MemoryEntry, user: Key): Reaction[] =>
    [...reactions]
      .map(([key, users]) => ({ key, count: users.size, own: users.has(user) }))
      .toSorted((a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
  return {
    changedBy: (message) => state.entryBy(message)?.changedBy ?? 0,
    aftermath: ({ id, flags }, user) => {
      const entry = state.entryBy(id)
      const told = entry && flags & (EDITED | RECALLED) ? { at: entry.changedAt, recalled_by: entry.recalledBy } : undefined
      return aftermathOf(flags, told, () => (entry ? reactions(entry, user) : []))
    },
    reactors: (message, key, after, limit) =>
      [...(state.entryBy(message)?.reactions.get(key) ?? [])]
        .filter((user) => user > after)
        .toSorted((a, b) => a - b)
        .slice(0, limit)
        .map((user) => ({ user, name: name(user) })),
    pinned: (conversation) => [...of(conversation).pins].toSorted((a, b) => a - b),
    thread: (conversation, thread, after, limit) =>
      (of(conversation).threads.get(thread) ?? []).filter((seq) => seq > after).slice(0, limit),
  }
}

/** What SqliteUnreadRows counts in the file. */
function unreadRows(of: (id: Key) => MemoryConversation): UnreadRows {
  return {
    count: ({ user, conversation, after, upTo, now, untilMessage, limit }) => {
      const { entries, mentions, members } = of(conversation)
      const isCounted = (entry: MemoryEntry): boolean =>
        entry.change === null &&
        (entry.flags & (RECALLED | EXPIRED)) === 0 &&
        entry.senderId !== user &&
        !(entry.details && isOver(readDetails(new ProtobufReader(entry.details)), now)) &&
        (untilMessage === null || (entry.flags & EDITED) === 0 || entry.changedBy <= untilMessage)
      const counted = members.has(user) ? entries.slice(after, upTo).filter(isCounted).slice(0, limit) : []
      const isMentioned = ({ flags, seq }: MemoryEntry) => (flags & MENTIONS_ALL) !== 0 || mentions.get(user)?.has(seq)
      return { unread: counted.length, mentions: counted.filter(isMentioned).length }
    },
  }
}

function memberRows(state: MemoryState, of: (id: Key) => MemoryConversation, name: (user: Key) => string): MemberRows {
  const inGroup = ({ role, until_seq }: MemberRow) => role > 0 && until_seq === null
  const all = (conversation: Key) => [...of(conversation).members.values()].toSorted((a, b) => a.user - b.user)
  const active = (conversation: Key, after: Key) => all(conversation).filter((member) => inGroup(member) && member.user > after)
  const shownTo = (conversation: Key, seq: number) => active(conversation, 0).filter(({ from_seq }) => from_seq < seq)
  const counted = (members: readonly MemberRow[], seq: number) => ({
    members: members.length,
    readers: members.filter(({ read_seq }) => read_seq >= seq).length,
    receivers: members.filter(({ read_seq, delivered_seq }) => Math.max(read_seq, delivered_seq) >= seq).length,
  })
  const audience = ({ user, from_seq, until_seq }: MemberRow): AudienceRow => ({ user, name: name(user), from_seq, until_seq })
  return {
    findByName: (user, conversation) => of(conversation).members.get(state.users.get(user)?.id ?? 0),
    page: (conversation, after, limit) =>
      active(conversation, after)
        .slice(0, limit)
        .map((member) => ({ ...member, name: name(member.user) })),
    readers: (conversation, seq, after, limit) =>
      shownTo(conversation, seq)
        .filter(({ user, read_seq }) => user > after && read_seq >= seq)
        .slice(0, limit)
        .map(({ user, delivered_seq, read_seq }) => ({ user, name: name(user), delivered_seq, read_seq })),
    counts: (conversation, seq, but) =>
      counted(
        shownTo(conversation, seq).filter(({ user }) => user !== but),
        seq,
      ),
    hiddenCounts: (conversation, seq, { butUser, viewer }) => {
      const isHidden = (user: Key) => state.userBy(viewer)?.blocked.has(user) || state.userBy(user)?.blocked.has(viewer)
      return counted(
        shownTo(conversation, seq).filter(({ user }) => user !== butUser && isHidden(user)),
        seq,
      )
    },
    active: (conversation, after, limit) => active(conversation, after).slice(0, limit).map(audience),
    leftSince: (conversation, entry) =>
      all(conversation)
        .filter(({ until_message }) => until_message !== null && until_message >= entry)
        .map(audience),
    groupsOf: (user) =>
      [...state.conversations.values()]
        .filter(({ group, members }) => {
          const member = members.get(user)
          return group && !group.dissolved && member && inGroup(member)
        })
        .map(({ id }) => id),
    isInOneOf: (user, groups) =>
      groups.some((group) => {
        const member = of(group).members.get(user)
        return member !== undefined && inGroup(member)
      }),
  }
}

function relationRows(state: MemoryState, of: (id: Key) => MemoryConversation): RelationRows {
  const isBlocked = (user: Key, other: Key) => state.userBy(user)?.blocked.has(other) === true
  return {
    get hasBlocks() {
      return state.allUsers.some(({ blocked }) => blocked.size > 0)
    },
    isBlocked,
    isBetween: (a, b) => isBlocked(a, b) || isBlocked(b, a),
    blockedBy: (user) => [...(state.userBy(user)?.blocked ?? [])].map((other) => state.userBy(other)?.name ?? '').toSorted(),
    contact: (conversation, user) => contactState(user, of(conversation).contact),
    status: (user) => state.userBy(user)?.status,
    *of({ id, name }, after): Generator<Placed<Relation>> {
      const last = Number.parseInt(after.slice(1) || '0', 36)
      for (const { id: conversation, members, contact, name: its } of state.conversations.values()) {
        if (after.startsWith('b') || !contact || !members.has(id) || conversation <= last) continue
        const userId = directPeer(its, name) ?? ''
        const blocked = isBlocked(id, state.users.get(userId)?.id ?? 0)
        yield { item: { userId, contact: contactState(id, contact), blocked }, place: `c${conversation.toString(36)}` }
      }
      for (const other of [...(state.userBy(id)?.blocked ?? [])].toSorted((a, b) => a - b)) {
        const userId = state.userBy(other)?.name ?? ''
        if ((after.startsWith('b') && other <= last) || state.conversations.get(directConversationId(name, userId))?.contact) continue
        yield { item: { userId, contact: ContactState.NO_CONTACT, blocked: true }, place: `b${other.toString(36)}` }
      }
    },
  }
}

function scheduledRows(state: MemoryState): ScheduledRows {
  return {
    *of(sender, after): Generator<Placed<Scheduled>> {
      const [sendAt = 0, id = 0] = after === '' ? [] : after.split('-').map((part) => Number.parseInt(part, 36))
      const waiting = [...state.scheduled.values()]
        .filter((kept) => kept.sender === sender && (kept.sendAt > sendAt || (kept.sendAt === sendAt && kept.id > id)))
        .toSorted((a, b) => a.sendAt - b.sendAt || a.id - b.id)
      for (const { send, refusal, refusalMessage, dueAt, ...kept } of waiting) {
        const { clientMessageId, conversationId, contentType, content, details } = readSend(new ProtobufReader(send))
        const place = `${kept.sendAt.toString(36)}-${kept.id.toString(36)}`
        const refused = { refusal, refusalMessage, nextTryAt: refusal === '' ? 0 : (dueAt ?? 0) }
        yield { item: { clientMessageId, conversationId, sendAt: kept.sendAt, contentType, content, details, ...refused }, place }
      }
    },
  }
}

/** There is no index: every text of the part may be what is looked for, and is looked at. */
function wordRows(of: (id: Key) => MemoryConversation): WordRows {
  return {
    find: ({ sender }, { conversation, part, before, limit }) => {
      const ids = of(conversation)
        .entries.filter(({ id, seq, content_type, content, senderId }) => {
          const isText = content_type.startsWith('text/') && content.length > 0
          return isText && partOf(seq) === part && id < before && (sender === undefined || senderId === sender)
        })
        .map(({ id }) => id)
      return { ids: ids.reverse().slice(0, limit), isSure: false, words: 1 }
    },
  }
}
