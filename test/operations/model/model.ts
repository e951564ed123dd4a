import type { ErrorName } from '../../../shared/codes.ts'
import { conversationKind, directUsers, ownConversationId } from '../../../shared/conversation-id.ts'
import {
  type Change,
  ContactState,
  ContactStep,
  type Details,
  type GroupSettings,
  type GroupUpdate,
  type Preference,
  Role,
} from '../../../shared/gen/hawser.ts'
import { DEFAULT_LOG_RULES } from '../../../tcp-core/log/log-rules.ts'

/** What a user asks for: an entry of a conversation's log. */
export interface Request {
  readonly by: string
  readonly conversationId: string
  readonly clientMessageId: string
  readonly at: number
  readonly content: string
  readonly details?: Details | undefined
  readonly change?: Change | undefined
}

/** An entry as the model has it, with all that has become of it. */
export interface ModelEntry extends Request {
  readonly seq: number
  edited?: { seq: number; at: number; content: string }
  recalled?: { seq: number; at: number; by: string }
  expired: boolean
  pinned: boolean
  readonly reactions: Map<string, Set<string>>
  /** Those who were members when it was sent. */
  readonly audience: ReadonlySet<string>
}

export interface ModelMember {
  role: Role
  /** Exclusive. */
  from: number
  /** Inclusive; set once the user is no member any more. */
  until: number | undefined
  /** What the group was called when the user went. */
  lastName: string
  joinedAt: number
  cleared: number
  read: number
  delivered: number
  mutedUntil: number
}

export interface ModelGroup {
  name: string
  description: string
  settings: GroupSettings | undefined
  owner: string
  createdAt: number
  mutedUntil: number
  dissolved: boolean
  readonly bans: Set<string>
}

export interface ModelConversation {
  readonly id: string
  readonly entries: ModelEntry[]
  readonly members: Map<string, ModelMember>
  readonly preferences: Map<string, Preference>
  group?: ModelGroup
}

/** Who hears of an entry by a push: the whole of it, or only that something was done. */
export type Heard = ReadonlyMap<string, 'whole' | 'blank'>
export type Outcome = { readonly refused: ErrorName } | { readonly entry: ModelEntry; readonly heard: Heard }

export const RULES = { ...DEFAULT_LOG_RULES, editSeconds: 60, recallSeconds: 60, maxGroupMembers: 4 }

const NO_DETAILS: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: 0 }

const LEAST_ROLE = { send: 1, invite: 1, update: 2, remove: 2, mute: 2, pin: 2, mentionAll: 2, recallOthers: 2 } as const

class Refused extends Error {
  readonly code: ErrorName
  constructor(code: ErrorName) {
    super(code)
    this.code = code
  }
}

function refuse(code: ErrorName): never {
  throw new Refused(code)
}

/**
 * All that docs/PROTOCOL.md says about who may do and see what ("Groups", "Messages after
 * sending", "People"), kept in plain maps: what the log and the core are compared with.
 */
export class Model {
  readonly conversations = new Map<string, ModelConversation>()
  readonly blocks = new Map<string, Set<string>>()
  readonly contacts = new Map<string, { state: ContactState; by: string }>()

  /** A conversation as it is; undefined before its first entry. */
  conversation(id: string): ModelConversation | undefined {
    return this.conversations.get(id)
  }

  /** Does what is asked, or says why not; then nothing has changed. */
  apply(request: Request): Outcome {
    const isNew = !this.conversations.has(request.conversationId)
    const conversation = this.conversations.get(request.conversationId) ?? this.#made(request.conversationId)
    try {
      const before = active(conversation)
      const entry: ModelEntry = {
        ...request,
        seq: conversation.entries.length + 1,
        expired: false,
        pinned: false,
        reactions: new Map(),
        audience: new Set(before),
      }
      if (request.change) this.#change(conversation, entry, request.change)
      else this.#send(conversation, entry)
      conversation.entries.push(entry)
      return { entry, heard: heardBy(conversation, entry, new Set([...before, ...active(conversation)])) }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (isNew) this.conversations.delete(request.conversationId)
      return { refused: error.code }
    }
  }

  /** Y3: never back, and never past what is the user's to see. */
  advance(user: string, conversationId: string, position: { read: number; delivered: number }): { read: number; delivered: number } {
    const conversation = this.conversations.get(conversationId)
    const member = conversation?.members.get(user)
    if (!conversation || !member) return { read: 0, delivered: 0 }
    const last = member.until ?? conversation.entries.length
    member.read = Math.max(member.read, Math.min(position.read, last))
    member.delivered = Math.max(member.delivered, Math.min(position.delivered, last))
    return member
  }

  /** Whether a message disappears by now that is still there. */
  hasDue(now: number): boolean {
    return [...this.conversations.values()].some(({ entries }) => entries.some((entry) => !entry.expired && isDue(entry, now)))
  }

  /** S5 */
  expire(now: number): void {
    for (const { entries } of this.conversations.values()) {
      for (const entry of entries) {
        if (!isDue(entry, now)) continue
        entry.expired = true
        entry.pinned = false
      }
    }
  }

  #made(id: string): ModelConversation {
    const conversation: ModelConversation = { id, entries: [], members: new Map(), preferences: new Map() }
    const users = conversationKind(id) === 'own' ? [id.slice(4)] : (directUsers(id) ?? [])
    for (const user of users) conversation.members.set(user, member(Role.ROLE_UNSPECIFIED, 0, 0))
    this.conversations.set(id, conversation)
    return conversation
  }

  #send(conversation: ModelConversation, entry: ModelEntry): void {
    this.#mayWrite(conversation, entry)
    const { group } = conversation
    if (group && entry.details?.mentionAll && roleOf(conversation, entry.by) < least(group, 'mentionAll')) refuse('forbidden')
    const { replyTo = 0, thread = 0, expiresAt = 0 } = entry.details ?? {}
    if (replyTo >= entry.seq || thread >= entry.seq) refuse('field_invalid')
    if (expiresAt > 0 && expiresAt <= entry.at) refuse('field_invalid')
  }

  /** Whoever may not write may not edit what was written either. */
  #mayWrite(conversation: ModelConversation, { by, at, conversationId }: ModelEntry): void {
    const kind = conversationKind(conversationId)
    if (kind === 'own') refuse('forbidden')
    if (kind === 'direct') {
      const other = otherOf(conversationId, by)
      if (this.isBlocked(other, by) || this.isBlocked(by, other)) refuse('blocked')
      return
    }
    const { group, me } = this.#acting(conversation, by)
    if (me.role < least(group, 'send')) refuse('forbidden')
    const mutedUntil = Math.max(me.mutedUntil, me.role < Role.ADMIN ? group.mutedUntil : 0)
    if (mutedUntil > at) refuse('muted')
  }

  #change(conversation: ModelConversation, entry: ModelEntry, change: Change): void {
    if (change.edit || change.recall || change.react || change.pin) return this.#messageChange(conversation, entry, change)
    if (change.contact) return this.#contact(entry, change.contact.step)
    if (change.block || change.preference || change.status) return this.#personal(entry, change)
    this.#groupChange(conversation, entry, change)
  }

  #groupChange(conversation: ModelConversation, entry: ModelEntry, change: Change): void {
    const { by, at, seq } = entry
    const { members } = conversation
    if (change.create) {
      if (seq > 1 || conversationKind(conversation.id) !== 'group') refuse('conversation_exists')
      for (const user of change.create.members) if (this.isBlocked(user, by)) refuse('blocked')
      const users = new Set([by, ...change.create.members])
      if (users.size > RULES.maxGroupMembers) refuse('limit_reached')
      const { name, description, settings } = change.create
      conversation.group = { name, description, settings, owner: by, createdAt: at, mutedUntil: 0, dissolved: false, bans: new Set() }
      for (const user of users) members.set(user, member(user === by ? Role.OWNER : Role.MEMBER, 0, at))
      return
    }
    if (change.join) {
      const { group } = conversation
      const inside = isActive(conversation, by)
      if (!group || group.dissolved || !(group.settings?.open || inside)) refuse('conversation_unknown')
      if (inside || group.bans.has(by)) refuse('forbidden')
      return letIn(conversation, entry, [by])
    }
    if (change.leave) {
      const { group, me } = this.#acting(conversation, by, true)
      if (me.role === Role.OWNER && !group.dissolved) refuse('forbidden')
      if (me.role === Role.OWNER) group.owner = ''
      return letOut(conversation, entry, [by])
    }
    const { group, me } = this.#acting(conversation, by)
    const needs = (act: keyof typeof LEAST_ROLE) => me.role >= least(group, act) || refuse('forbidden')
    const owner = () => me.role === Role.OWNER || refuse('forbidden')
    /** All of them are members, and of a lower role. */
    const lower = (users: readonly string[]) => {
      for (const user of users) {
        if (!isActive(conversation, user)) refuse('field_invalid')
        if (roleOf(conversation, user) >= me.role) refuse('forbidden')
      }
    }
    if (change.update) {
      needs('update')
      if (change.update.settings) owner()
      update(group, change.update)
    } else if (change.add) {
      needs('invite')
      for (const user of change.add.users) if (this.isBlocked(user, by)) refuse('blocked')
      const users = change.add.users.filter((user) => !isActive(conversation, user))
      if (users.length === 0) refuse('field_invalid')
      if (users.some((user) => group.bans.has(user))) refuse('forbidden')
      letIn(conversation, entry, users)
    } else if (change.remove) {
      needs('remove')
      lower(change.remove.users)
      letOut(conversation, entry, change.remove.users)
    } else if (change.ban) {
      needs('remove')
      const went = change.ban.removed ? [] : change.ban.users.filter((user) => isActive(conversation, user))
      lower(went)
      letOut(conversation, entry, went)
      for (const user of change.ban.users) change.ban.removed ? group.bans.delete(user) : group.bans.add(user)
    } else if (change.role) {
      owner()
      lower([change.role.user])
      of(members, change.role.user).role = change.role.role
      if (change.role.role === Role.ADMIN) of(members, change.role.user).mutedUntil = 0
    } else if (change.transfer) {
      owner()
      lower([change.transfer.user])
      me.role = Role.ADMIN
      Object.assign(of(members, change.transfer.user), { role: Role.OWNER, mutedUntil: 0 })
      group.owner = change.transfer.user
    } else if (change.mute) {
      needs('mute')
      lower(change.mute.users)
      if (change.mute.users.length === 0) group.mutedUntil = change.mute.until
      for (const user of change.mute.users) of(members, user).mutedUntil = change.mute.until
    } else if (change.dissolve) {
      owner()
      group.dissolved = true
    }
  }

  #messageChange(conversation: ModelConversation, entry: ModelEntry, { edit, recall, react, pin }: Change): void {
    const { group } = conversation
    const isGroup = conversationKind(conversation.id) === 'group'
    const takesBack = recall !== undefined || react?.removed === true
    const me = isGroup ? this.#acting(conversation, entry.by, takesBack).me : of(conversation.members, entry.by)
    const seq = (edit ?? recall ?? react ?? pin)?.seq ?? 0
    const target = conversation.entries[seq - 1]
    if (!target || target.change || isGone(target) || seq <= me.from) refuse('message_unknown')
    const inTime = (seconds: number) => entry.at - target.at <= seconds * 1000 || refuse('too_late')
    if (edit) {
      if (target.by !== entry.by) refuse('forbidden')
      inTime(group?.settings?.editSeconds || RULES.editSeconds)
      this.#mayWrite(conversation, entry)
      if (edit.details?.mentionAll && group && me.role < least(group, 'mentionAll')) refuse('forbidden')
      if (edit.details)
        Object.assign(target, { details: { ...(target.details ?? NO_DETAILS), ...edit.details }, audience: new Set(active(conversation)) })
      target.edited = { seq: entry.seq, at: entry.at, content: Buffer.from(edit.content).toString() }
    } else if (recall) {
      if (target.by === entry.by) inTime(group?.settings?.recallSeconds || RULES.recallSeconds)
      else {
        const theirs = isActive(conversation, target.by) ? roleOf(conversation, target.by) : Role.MEMBER
        if (!group || me.role < least(group, 'recallOthers') || me.role <= theirs) refuse('forbidden')
      }
      target.recalled = { seq: entry.seq, at: entry.at, by: entry.by }
      target.pinned = false
    } else if (react) {
      const users = target.reactions.get(react.key) ?? new Set()
      if (!(react.removed && users.has(entry.by))) group ? this.#acting(conversation, entry.by) : this.#mayWrite(conversation, entry)
      if (react.removed) users.delete(entry.by)
      else target.reactions.set(react.key, users.add(entry.by))
    } else if (pin) {
      if (group && me.role < least(group, 'pin')) refuse('forbidden')
      target.pinned = !pin.removed
    }
  }

  #personal({ by, conversationId }: ModelEntry, { block, preference }: Change): void {
    if (conversationId !== ownConversationId(by)) refuse('forbidden')
    if (block) {
      const blocked = this.blocks.get(by) ?? new Set()
      if (block.user === by) refuse('field_invalid')
      if (block.removed) blocked.delete(block.user)
      else this.blocks.set(by, blocked.add(block.user))
    } else if (preference) {
      const { conversationId, clearedSeq = 0, ...rest } = preference
      const isDirect = conversationKind(conversationId) === 'direct'
      const conversation = this.conversations.get(conversationId) ?? (isDirect ? this.#made(conversationId) : undefined)
      const mine = conversation?.members.get(by)
      if (!conversation || !mine) refuse('conversation_unknown')
      mine.cleared = Math.max(mine.cleared, Math.min(clearedSeq, mine.until ?? conversation.entries.length))
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
      const kept = conversation.preferences.get(by) ?? { draft: '', mutedUntil: 0, pinned: false, archived: false }
      conversation.preferences.set(by, { ...kept, ...given, conversationId })
    }
  }

  #contact({ by, conversationId }: ModelEntry, step: ContactStep): void {
    const ends = step === ContactStep.DECLINE || step === ContactStep.REMOVE
    if (!ends && this.isBlocked(otherOf(conversationId, by), by)) refuse('blocked')
    const state = this.contactState(conversationId, by)
    const { NO_CONTACT, ASKED, WAS_ASKED, CONTACT } = ContactState
    const next = {
      [ContactStep.REQUEST]: { [NO_CONTACT]: ASKED, [ASKED]: ASKED, [WAS_ASKED]: CONTACT, [CONTACT]: undefined },
      [ContactStep.ACCEPT]: { [NO_CONTACT]: undefined, [ASKED]: undefined, [WAS_ASKED]: CONTACT, [CONTACT]: undefined },
      [ContactStep.DECLINE]: { [NO_CONTACT]: undefined, [ASKED]: undefined, [WAS_ASKED]: NO_CONTACT, [CONTACT]: undefined },
      [ContactStep.REMOVE]: { [NO_CONTACT]: undefined, [ASKED]: NO_CONTACT, [WAS_ASKED]: undefined, [CONTACT]: NO_CONTACT },
    }[step][state]
    this.contacts.set(conversationId, { state: next ?? refuse('forbidden'), by })
  }

  /** How the two of a 1:1 conversation stand, seen by one. */
  contactState(conversationId: string, user: string): ContactState {
    const { state, by } = this.contacts.get(conversationId) ?? { state: ContactState.NO_CONTACT, by: '' }
    return state === ContactState.ASKED && by !== user ? ContactState.WAS_ASKED : state
  }

  isBlocked(user: string, other: string): boolean {
    return this.blocks.get(user)?.has(other) ?? false
  }

  #acting(conversation: ModelConversation, user: string, alsoDissolved = false): { group: ModelGroup; me: ModelMember } {
    const { group } = conversation
    if (!group || !isActive(conversation, user)) refuse('conversation_unknown')
    if (group.dissolved && !alsoDissolved) refuse('forbidden')
    return { group, me: of(conversation.members, user) }
  }
}

function isDue({ details, change }: ModelEntry, now: number): boolean {
  const at = details?.expiresAt ?? 0
  return at > 0 && at <= now && !change
}

export const isGone = (entry: ModelEntry) => entry.recalled !== undefined || entry.expired

/** The seq of the message that a change is about; without one higher than any. */
export function about({ edit, recall, react, pin }: Change): number {
  return (edit ?? recall ?? react ?? pin)?.seq ?? Number.POSITIVE_INFINITY
}

export function active({ members }: ModelConversation): string[] {
  return [...members].filter(([, { until }]) => until === undefined).map(([user]) => user)
}

function heardBy({ members }: ModelConversation, { seq, change }: ModelEntry, users: ReadonlySet<string>): Heard {
  const heard = new Map<string, 'whole' | 'blank'>()
  for (const user of users) {
    const { from } = of(members, user)
    if (seq > from) heard.set(user, change && about(change) <= from ? 'blank' : 'whole')
  }
  return heard
}

function member(role: Role, from: number, at: number): ModelMember {
  return { role, from, until: undefined, lastName: '', joinedAt: at, cleared: 0, read: from, delivered: from, mutedUntil: 0 }
}

function letIn({ members, group }: ModelConversation, { seq, at }: ModelEntry, users: readonly string[]): void {
  const inside = [...members.values()].filter(({ until }) => until === undefined).length
  if (inside + users.length > RULES.maxGroupMembers) refuse('limit_reached')
  const from = group?.settings?.hideHistory ? seq - 1 : 0
  for (const user of users) {
    const before = members.get(user) ?? member(Role.MEMBER, from, at)
    const { read, delivered } = before
    const positions = { read: Math.max(read, from), delivered: Math.max(delivered, from) }
    members.set(user, { ...before, ...positions, role: Role.MEMBER, from, until: undefined, joinedAt: at })
  }
}

function letOut({ members, group }: ModelConversation, { seq }: ModelEntry, users: readonly string[]): void {
  for (const user of users) Object.assign(of(members, user), { until: seq, lastName: group?.name ?? '' })
}

function update(group: ModelGroup, { name, description, settings }: GroupUpdate): void {
  group.name = name ?? group.name
  group.description = description ?? group.description
  group.settings = settings ?? group.settings
}

const least = ({ settings }: ModelGroup, act: keyof typeof LEAST_ROLE): number => settings?.[act] || LEAST_ROLE[act]

function isActive({ members }: ModelConversation, user: string): boolean {
  const member = members.get(user)
  return member !== undefined && member.until === undefined
}

const roleOf = ({ members }: ModelConversation, user: string): Role => of(members, user).role

function of<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw new Error(`the model has no ${String(key)}`)
  return value
}

function otherOf(conversationId: string, user: string): string {
  const [a, b] = directUsers(conversationId) ?? ['', '']
  return a === user ? b : a
}
