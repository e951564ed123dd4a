import { DatabaseSync } from 'node:sqlite'
import { conversationKind, directUsers, ownUser } from '../../../shared/conversation-id.ts'
import type { VerifyReport } from '../log-store.ts'
import { ERASED } from '../message-flags.ts'
import { rollingDigest } from '../rolling-digest.ts'
import { STATE_CHECKS, stateFindings } from './verify-state.ts'

const MAX_FINDINGS = 100

/** How far the scan has got in a conversation. */
interface Progress {
  readonly name: string
  readonly epoch: number
  readonly lastMessage: number
  seq: number
  /** 0 as long as the messages are older than digests. */
  digest: number
  lastId: number
  members: number
  /** Something was wrong: what follows from it is not told again. */
  broken: boolean
}

interface ScannedMessage {
  id: number
  conversation: number
  seq: number
  previous: number
  sender: string | null
  client_message_id: string
  digest: number
  flags: number
  content_type: string
  content: Uint8Array
  details: Uint8Array | null
  change: Uint8Array | null
}

/**
 * Checks the log at `path`, which may be in use, as it is at this moment: the database's own
 * integrity, every conversation's seq and digests, and that conversations, members, messages
 * and what became of them belong together. Throws if it cannot be opened.
 */
export function verifyLog(path: string): VerifyReport {
  return new Verification(path).run()
}

class Verification {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #findings: string[] = []
  readonly #conversations = new Map<number, Progress>()
  #messages = 0
  #users = 0

  constructor(path: string) {
    this.#path = path
    this.#database = new DatabaseSync(path, { readOnly: true })
  }

  run(): VerifyReport {
    const start = performance.now()
    try {
      // One transaction: everything is seen as of one moment.
      this.#database.exec('PRAGMA cache_size = -32768; BEGIN')
      this.#check('the database', () => this.#integrity())
      this.#check('users', () => this.#countUsers())
      this.#check('conversations', () => this.#readConversations())
      this.#check('messages', () => this.#scanMessages())
      this.#check('conversations', () => this.#compareConversations())
      this.#check('members', () => this.#checkMembers())
      for (const [what, sql] of STATE_CHECKS) this.#check(what, () => this.#checkState(sql))
    } finally {
      this.#database.close()
    }
    return {
      path: this.#path,
      messages: this.#messages,
      conversations: this.#conversations.size,
      users: this.#users,
      milliseconds: Math.round(performance.now() - start),
      findings: this.#findings.slice(0, MAX_FINDINGS),
    }
  }

  /** A part that cannot be read is a finding, and the next part is looked at. */
  #check(what: string, part: () => void): void {
    try {
      part()
    } catch (error) {
      this.#found(`${what} cannot be read to the end: ${(error as Error).message}`)
    }
  }

  #found(finding: string): void {
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push(finding)
  }

  #integrity(): void {
    // One by one: what it finds before it can go no further counts.
    const rows = this.#database.prepare(`PRAGMA integrity_check(${MAX_FINDINGS})`).iterate() as Iterable<unknown>
    for (const { integrity_check: line } of rows as Iterable<{ integrity_check: string }>) {
      if (line !== 'ok') this.#found(`database: ${line}`)
    }
  }

  #countUsers(): void {
    this.#users = (this.#database.prepare('SELECT count(*) AS count FROM user').get() as { count: number }).count
  }

  #readConversations(): void {
    for (const row of this.#database.prepare('SELECT id, name, epoch, last_message FROM conversation').iterate()) {
      const { id, name, epoch, last_message } = row as { id: number; name: string; epoch: number; last_message: number }
      if (epoch === 0) this.#found(`${name}: has no epoch`)
      this.#conversations.set(id, { name, epoch, lastMessage: last_message, seq: 0, digest: epoch, lastId: 0, members: 0, broken: false })
    }
  }

  /** In the order of the file, which within each conversation is that of seq. */
  #scanMessages(): void {
    const rows = this.#database
      .prepare(
        `SELECT m.id, m.conversation, m.seq, m.previous, u.name AS sender, m.client_message_id, m.digest, m.flags, m.content_type, m.content, m.details, m.change
         FROM message m LEFT JOIN user u ON u.id = m.sender ORDER BY m.id`,
      )
      .iterate() as Iterable<unknown>
    for (const row of rows as Iterable<ScannedMessage>) {
      this.#messages++
      const conversation = this.#conversations.get(row.conversation)
      if (conversation) this.#checkMessage(conversation, row)
      else this.#found(`message ${row.id}: there is no conversation ${row.conversation}`)
    }
  }

  #checkMessage(conversation: Progress, row: ScannedMessage): void {
    const fault = this.#messageFault(conversation, row)
    if (fault !== undefined && !conversation.broken) {
      conversation.broken = true
      this.#found(`${conversation.name}: ${fault}`)
    }
    conversation.seq = row.seq
    conversation.digest = row.digest
    conversation.lastId = row.id
  }

  #messageFault(conversation: Progress, row: ScannedMessage): string | undefined {
    const { seq, previous, sender } = row
    if (seq !== conversation.seq + 1) return `seq ${seq} follows ${conversation.seq}`
    if (previous !== conversation.lastId) return `seq ${seq} says that it follows message ${previous}, not ${conversation.lastId}`
    if (sender === null) return `seq ${seq} has no sender`
    // Messages older than digests come first: none follows one that has a digest.
    if (row.digest === 0) return conversation.seq === 0 || conversation.digest === 0 ? undefined : `seq ${seq} has no digest`
    // What was taken out of it cannot be added up; the chain goes on from what it was.
    if (row.flags & ERASED) return undefined
    const digest = rollingDigest(conversation.digest, seq, {
      sender,
      clientMessageId: row.client_message_id,
      contentType: row.content_type,
      content: row.content,
      details: row.details ?? undefined,
      change: row.change ?? undefined,
    })
    return digest === row.digest ? undefined : `the digest at seq ${seq} is not that of what was stored`
  }

  #compareConversations(): void {
    for (const { name, lastMessage, lastId } of this.#conversations.values()) {
      if (lastMessage !== lastId) this.#found(`${name}: its last message is ${lastId}, it says ${lastMessage}`)
    }
  }

  #checkState(sql: string): void {
    for (const finding of stateFindings(this.#database, sql)) {
      this.#found(finding)
      if (this.#findings.length === MAX_FINDINGS) return
    }
  }

  #checkMembers(): void {
    const rows = this.#database
      .prepare('SELECT mb.conversation, mb.user, mb.delivered_seq, mb.read_seq, u.name FROM member mb LEFT JOIN user u ON u.id = mb.user')
      .iterate() as Iterable<unknown>
    for (const row of rows as Iterable<{
      conversation: number
      user: number
      delivered_seq: number
      read_seq: number
      name: string | null
    }>) {
      const conversation = this.#conversations.get(row.conversation)
      if (!conversation) this.#found(`member ${row.name ?? row.user}: there is no conversation ${row.conversation}`)
      else if (row.name === null) this.#found(`${conversation.name}: there is no user ${row.user}`)
      else if (Math.max(row.delivered_seq, row.read_seq) > conversation.seq) {
        this.#found(`${conversation.name}: ${row.name} stands at ${Math.max(row.delivered_seq, row.read_seq)} of ${conversation.seq}`)
      }
      if (conversation && row.name !== null) {
        if (!isFixed(conversation.name)) conversation.members++
        else if (fixedMembers(conversation.name).includes(row.name)) conversation.members++
        else this.#found(`${conversation.name}: ${row.name} is a member of it`)
      }
    }
    for (const { name, members } of this.#conversations.values()) {
      const expected = new Set(fixedMembers(name)).size
      if (isFixed(name) && members !== expected) this.#found(`${name}: has ${members} members instead of ${expected}`)
    }
  }
}

/** Its members follow from its name, and never change. */
function isFixed(conversation: string): boolean {
  return conversationKind(conversation) !== 'group'
}

function fixedMembers(conversation: string): readonly string[] {
  return conversationKind(conversation) === 'own' ? [ownUser(conversation)] : (directUsers(conversation) ?? [])
}
