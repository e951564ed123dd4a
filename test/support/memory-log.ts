import type { Message } from '../../shared/gen/hawser.ts'
import type {
  Append,
  AppendOutcome,
  LastSeenAt,
  MemberPosition,
  PageQuery,
  PageResult,
  Sight,
  SightPair,
  StoredMessage,
} from '../../tcp-core/log/log-store.ts'
import type { StorageFault } from '../../tcp-core/log/storage-fault.ts'
import { PlainLog, pageOf } from './plain-log.ts'

/** A log that forgets: appends wait until `commit`, reads are answered from memory. For tests of what is above the log. */
export class MemoryLog extends PlainLog {
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
    super()
    this.#onAppend = onAppend
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

  async page(query: PageQuery): Promise<PageResult> {
    this.#failIfFaulty()
    const { fromSeq, epoch } = query
    return pageOf(this.#conversations.get(query.conversationId) ?? [], query, { fromSeq, epoch, discontinuity: false })
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

  override async sights(pairs: readonly SightPair[]): Promise<readonly (Sight | undefined)[]> {
    this.#failIfFaulty()
    return pairs.map((pair) => this.sightOf(pair))
  }

  override async blocks(users: readonly string[]): Promise<readonly (readonly string[])[]> {
    this.#failIfFaulty()
    return users.map((user) => this.blocked.get(user) ?? [])
  }

  override async seen(users: readonly LastSeenAt[]): Promise<void> {
    this.#failIfFaulty()
    for (const { userId, at } of users) this.lastSeen.set(userId, at)
  }

  override async find(messageId: string): Promise<StoredMessage | undefined> {
    const message = [...this.#byId.values()].find((stored) => stored.messageId === messageId)
    return message && { ...message, contentBytes: message.content.length, members: [] }
  }

  async close(): Promise<void> {
    this.commit()
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
    return { kind: 'stored', follows: undefined, ...message }
  }

  #failIfFaulty(): void {
    if (this.fault) throw new Error(this.fault.message)
  }
}
