import { readSend } from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import type { AppendFields, StoredOutcome } from '../append-batch.ts'
import { decideOn } from '../decide-on.ts'
import type { LogIdentity } from '../log-identity.ts'
import type { LogRules } from '../log-rules.ts'
import type { DueSend, LastSeenAt, MemberPosition } from '../log-store.ts'
import { EXPIRED } from '../message-flags.ts'
import { LogReads } from '../reads/log-reads.ts'
import { rollingDigest } from '../rolling-digest.ts'
import { followsFrom } from '../rules/follows.ts'
import { erase, MemoryEffectWriter } from './effect-writer.ts'
import { MemoryFacts } from './facts.ts'
import { memoryRows } from './rows.ts'
import { type MemoryEntry, MemoryState } from './state.ts'

/** A log in memory that forgets with its process, over the same rules and reads as the one on disk. Every call is done when it returns. */
export class MemoryTables {
  readonly state = new MemoryState()
  readonly reads: LogReads
  readonly #identity: LogIdentity
  readonly #rules: LogRules
  readonly #facts = new MemoryFacts(this.state)
  readonly #effects = new MemoryEffectWriter(this.state)

  /** `now` says when messages have disappeared. */
  constructor(identity: LogIdentity, rules: LogRules, now: () => number) {
    this.#identity = identity
    this.#rules = rules
    this.reads = new LogReads(memoryRows(this.state), identity, { rules, now })
  }

  append(messages: readonly AppendFields[]): StoredOutcome[] {
    return messages.map((message) => this.#append(message))
  }

  advance(positions: readonly MemberPosition[]): MemberPosition[] {
    return positions.map((position) => {
      const conversation = this.state.conversations.get(position.conversationId)
      const member = conversation?.members.get(this.state.users.get(position.userId)?.id ?? 0)
      if (!conversation || !member) return { ...position, deliveredSeq: 0, readSeq: 0 }
      const last = member.until_seq ?? conversation.entries.length
      member.delivered_seq = Math.max(member.delivered_seq, Math.min(position.deliveredSeq, last))
      member.read_seq = Math.max(member.read_seq, Math.min(position.readSeq, last))
      return { ...position, deliveredSeq: member.delivered_seq, readSeq: member.read_seq }
    })
  }

  expireIds(sentBefore: number): void {
    for (const entry of this.state.entries) {
      if (entry.sent_at >= sentBefore) return
      entry.keyed = false
    }
  }

  expireMessages(now: number): void {
    for (const entry of this.state.entries) {
      if (entry.expiresAt === 0 || entry.expiresAt > now) continue
      entry.expiresAt = 0
      erase(entry, EXPIRED)
    }
  }

  dueSends(now: number): DueSend[] {
    return [...this.state.scheduled.values()]
      .filter(({ dueAt }) => dueAt !== undefined && dueAt <= now)
      .toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
      .map(({ sender, send, sendAt, tries }) => ({
        sender: this.state.userBy(sender)?.name ?? '',
        send: readSend(new ProtobufReader(send)),
        sendAt,
        tries,
      }))
  }

  nextDue(): number | undefined {
    const due = [
      ...this.state.entries.map(({ expiresAt }) => expiresAt).filter((at) => at > 0),
      ...[...this.state.scheduled.values()].flatMap(({ dueAt }) => dueAt ?? []),
    ]
    return due.length === 0 ? undefined : Math.min(...due)
  }

  /** Of users whom the log does not know nothing is kept. */
  seen(users: readonly LastSeenAt[]): void {
    for (const { userId, at } of users) this.#seen(userId, at)
  }

  alive(_at: number, came: readonly string[]): void {
    for (const name of came) {
      const user = this.state.users.get(name)
      if (user) user.isOnline = true
    }
  }

  #seen(name: string, at: number): void {
    const user = this.state.users.get(name)
    if (!user) return
    user.isOnline = false
    const status = user.status ?? { text: '', audience: 0, last_seen: 0 }
    user.status = { ...status, last_seen: Math.max(status.last_seen, at) }
  }

  #append(message: AppendFields): StoredOutcome {
    const { clientMessageId, conversationId, sentAt } = message
    const actor = this.state.user(message.sender)
    const repeated = this.#repeated(message)
    if (repeated && message.due)
      this.#effects.write({ kind: 'unscheduled', clientMessageId }, { conversationId, actor, entry: undefined, at: sentAt })
    if (repeated) return repeated
    const known = this.state.conversations.get(conversationId)
    const decision = decideOn(
      { facts: this.#facts, rules: this.#rules },
      message,
      known && { kind: known.kind, lastSeq: known.entries.length },
    )
    if (decision.kind === 'refused' || decision.kind === 'conflict') return decision
    const entry = decision.kind === 'store' ? this.#store(message) : undefined
    for (const effect of decision.effects) this.#effects.write(effect, { conversationId, actor, entry, at: sentAt })
    if (decision.kind === 'schedule') return { kind: 'scheduled', sendAt: decision.sendAt, duplicate: decision.duplicate }
    return { kind: 'stored', follows: followsFrom(decision.effects), ...this.#place(entry as MemoryEntry) }
  }

  #store(message: AppendFields): MemoryEntry {
    const conversation = this.state.conversation(message.conversationId)
    const { sender, clientMessageId, sentAt, contentType, content, details, change } = message
    const seq = conversation.entries.length + 1
    const entry: MemoryEntry = {
      id: this.state.entries.length + 1,
      seq,
      sender,
      senderId: this.state.user(sender).id,
      client_message_id: clientMessageId,
      sent_at: sentAt,
      digest: rollingDigest(conversation.entries.at(-1)?.digest ?? conversation.epoch, seq, message),
      flags: 0,
      content_type: contentType,
      content,
      details: details ?? null,
      change: change ?? null,
      conversation,
      keyed: true,
      changedBy: 0,
      changedAt: 0,
      recalledBy: null,
      edits: [],
      reactions: new Map(),
      expiresAt: 0,
    }
    this.state.add(entry)
    return entry
  }

  /** The same message as one stored before, or another under its id (S3); undefined if the id is new. */
  #repeated(message: AppendFields): StoredOutcome | undefined {
    const first = this.state.repeated(message.sender, message.clientMessageId)
    if (!first) return undefined
    const { conversation, seq } = first
    // By the digest, which also has what was taken out of it.
    const before = conversation.entries[seq - 2]?.digest ?? conversation.epoch
    const isSame = conversation.name === message.conversationId && first.digest === rollingDigest(before, seq, message)
    return isSame ? { kind: 'duplicate', ...this.#place(first) } : { kind: 'conflict' }
  }

  #place({ seq, id, sent_at, digest }: MemoryEntry) {
    return { seq, messageId: `${this.#identity.idPrefix}-${id.toString(36)}`, sentAt: sent_at, digest }
  }
}
