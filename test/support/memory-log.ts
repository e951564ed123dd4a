import { Direction, type Message, writeSyncAck } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type {
  Append,
  AppendOutcome,
  Audience,
  BackupReport,
  LastSeenAt,
  LogStore,
  MemberPosition,
  PageQuery,
  PageResult,
  Sight,
  SightPair,
  StoredMessage,
  VerifyReport,
} from '../../tcp-core/log/log-store.ts'
import type { DueSend } from '../../tcp-core/log/state/scheduled-table.ts'
import type { StorageFault } from '../../tcp-core/log/storage-fault.ts'

const PAGE_BYTES = 256 * 1024

const writer = new ProtobufWriter()

/** A log that forgets: appends wait until `commit`, reads are answered from memory. For tests of what is above the log. */
export class MemoryLog implements LogStore {
  /** While it is set, appends and reads fail. */
  fault: StorageFault | undefined
  /** What `sights` answers; nobody sees anybody unless a test says so. */
  sightOf: (pair: SightPair) => Sight | undefined = () => undefined
  /** What `blocks` answers. */
  readonly blocked = new Map<string, readonly string[]>()
  readonly lastSeen = new Map<string, number>()
  readonly #conversations = new Map<string, Message[]>()
  readonly #byId = new Map<string, Message>()
  readonly #onAppend: () => void
  #queue: Append[] = []

  /** `onAppend` is called with every append; it may see to the commit. */
  constructor(onAppend: () => void = () => {}) {
    this.#onAppend = onAppend
  }

  get pendingBytes(): number {
    return this.#queue.reduce((sum, { content }) => sum + content.length, 0)
  }

  append(message: Append): void {
    this.#queue.push(message)
    this.#onAppend()
  }

  /** Settles what waits. */
  commit(): void {
    const batch = this.#queue
    this.#queue = []
    for (const message of batch) message.settled(this.#store(message))
  }

  async page({ conversationId, direction, fromSeq, limit, epoch }: PageQuery): Promise<PageResult> {
    this.#failIfFaulty()
    const all = this.#conversations.get(conversationId) ?? []
    const forward = direction === Direction.FORWARD
    const messages: Message[] = []
    let bytes = 0
    let at = forward ? fromSeq : (fromSeq === 0 ? all.length + 1 : fromSeq) - 2
    for (; messages.length < limit; at += forward ? 1 : -1) {
      const message = all[at]
      if (!message || bytes + message.content.length > PAGE_BYTES) break
      bytes += message.content.length
      messages.push(message)
    }
    if (!forward) messages.reverse()
    const more = all[at] !== undefined
    writer.reset()
    writeSyncAck(writer, {
      page: { conversationId, messages, more, lastSeq: all.length, epoch, discontinuity: false, fromSeq },
      list: undefined,
    })
    const [beginSeq, endSeq] = [(messages[0]?.seq ?? all.length + 1) - 1, messages.at(-1)?.seq ?? all.length]
    return { syncAck: writer.finishAlone(), beginSeq, endSeq, more, discontinuity: false }
  }

  /** No conversations: who wants them asks by page. */
  async list(): Promise<Uint8Array> {
    this.#failIfFaulty()
    return new Uint8Array(0)
  }

  async advance(positions: readonly MemberPosition[]): Promise<MemberPosition[]> {
    this.#failIfFaulty()
    return positions.map((position) => {
      const last = this.#conversations.get(position.conversationId)?.length ?? 0
      return { ...position, deliveredSeq: Math.min(position.deliveredSeq, last), readSeq: Math.min(position.readSeq, last) }
    })
  }

  async expireIds(): Promise<void> {}

  /** Knows 1:1 conversations only. */
  query(): Promise<Uint8Array> {
    throw new Error('this log answers no queries')
  }

  async audience(): Promise<readonly Audience[]> {
    return []
  }

  async sights(pairs: readonly SightPair[]): Promise<readonly (Sight | undefined)[]> {
    this.#failIfFaulty()
    return pairs.map((pair) => this.sightOf(pair))
  }

  async blocks(users: readonly string[]): Promise<readonly (readonly string[])[]> {
    this.#failIfFaulty()
    return users.map((user) => this.blocked.get(user) ?? [])
  }

  async seen(users: readonly LastSeenAt[]): Promise<void> {
    this.#failIfFaulty()
    for (const { userId, at } of users) this.lastSeen.set(userId, at)
  }

  async dueSends(): Promise<readonly DueSend[]> {
    return []
  }

  async nextDue(): Promise<number | undefined> {
    return undefined
  }

  async dropScheduled(): Promise<void> {}

  async expireMessages(): Promise<void> {}

  async find(messageId: string): Promise<StoredMessage | undefined> {
    const message = [...this.#byId.values()].find((stored) => stored.messageId === messageId)
    return message && { ...message, contentBytes: message.content.length, members: [] }
  }

  async close(): Promise<void> {
    this.commit()
  }

  backup(): Promise<BackupReport> {
    throw new Error('there is nothing to copy')
  }

  verify(): Promise<VerifyReport> {
    throw new Error('there is nothing to check')
  }

  #store({ sender, conversationId, clientMessageId, contentType, content, sentAt }: Append): AppendOutcome {
    if (this.fault) return { kind: 'failed', cause: new Error(this.fault.message) }
    const key = `${sender} ${clientMessageId}`
    const known = this.#byId.get(key)
    if (known) {
      const same =
        known.conversationId === conversationId && known.contentType === contentType && Buffer.compare(known.content, content) === 0
      return same ? { kind: 'duplicate', ...known } : { kind: 'conflict' }
    }
    const messages = this.#conversations.get(conversationId) ?? []
    this.#conversations.set(conversationId, messages)
    const seq = messages.length + 1
    const message = {
      conversationId,
      seq,
      messageId: `${conversationId} ${seq}`,
      sender,
      clientMessageId,
      sentAt,
      contentType,
      content,
      digest: 0,
    }
    messages.push(message)
    this.#byId.set(key, message)
    return { kind: 'stored', newcomersFrom: 0, ...message }
  }

  #failIfFaulty(): void {
    if (this.fault) throw new Error(this.fault.message)
  }
}
