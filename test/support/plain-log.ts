import { Direction, type Message, type SyncAck, writeSyncAck } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type {
  Append,
  AudiencePage,
  BackupReport,
  DueSend,
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
import { unknownConversation } from '../../tcp-core/log/rules/refusals.ts'
import type { StorageFault } from '../../tcp-core/log/storage-fault.ts'

/** Y1 */
const PAGE_BYTES = 256 * 1024
const writer = new ProtobufWriter()

/** A log of plain 1:1 messages, for tests of what is above the log: nobody is in a group, nothing is due, nothing is searched for. */
export abstract class PlainLog implements LogStore {
  abstract readonly fault: StorageFault | undefined
  abstract append(message: Append): void
  abstract page(query: PageQuery): Promise<PageResult>
  abstract list(userId: string, cursor: string, limit: number): Promise<Uint8Array>
  abstract advance(positions: readonly MemberPosition[]): Promise<MemberPosition[]>
  abstract close(): Promise<void>

  async query(): Promise<Uint8Array> {
    throw unknownConversation()
  }

  async audience(): Promise<AudiencePage> {
    return { members: [], next: '' }
  }

  async sights(pairs: readonly SightPair[]): Promise<readonly (Sight | undefined)[]> {
    return pairs.map(() => undefined)
  }

  async blocks(users: readonly string[]): Promise<readonly (readonly string[])[]> {
    return users.map(() => [])
  }

  async alive(_at: number, _came: readonly string[]): Promise<void> {}
  async seen(_users: readonly LastSeenAt[]): Promise<void> {}

  async dueSends(): Promise<readonly DueSend[]> {
    return []
  }

  async nextDue(): Promise<number | undefined> {
    return undefined
  }

  async expireMessages(): Promise<void> {}

  async expireIds(): Promise<void> {}

  async find(_messageId: string): Promise<StoredMessage | undefined> {
    return undefined
  }

  backup(): Promise<BackupReport> {
    throw new Error('there is no file to copy')
  }

  verify(): Promise<VerifyReport> {
    throw new Error('there is no file to check')
  }
}

/** The page of a conversation's messages, of which the first has seq 1. */
export function pageOf(
  all: readonly Message[],
  { conversationId, direction, limit }: PageQuery,
  told: { fromSeq: number; epoch: number; discontinuity: boolean },
): PageResult {
  const { fromSeq, discontinuity } = told
  const forward = direction === Direction.FORWARD
  const messages: Message[] = []
  let bytes = 0
  let at = forward ? fromSeq : (fromSeq === 0 ? all.length + 1 : fromSeq) - 2
  for (; messages.length < limit; at += forward ? 1 : -1) {
    const message = all[at]
    if (!message || (messages.length > 0 && bytes + message.content.length > PAGE_BYTES)) break
    bytes += message.content.length
    messages.push(message)
  }
  const more = all[at] !== undefined
  if (!forward) messages.reverse()
  return {
    syncAck: encodeSyncAck({ page: { conversationId, messages, more, lastSeq: all.length, ...told }, list: undefined }),
    beginSeq: (messages[0]?.seq ?? all.length + 1) - 1,
    endSeq: messages.at(-1)?.seq ?? all.length,
    more,
    discontinuity,
  }
}

export function encodeSyncAck(body: SyncAck): Uint8Array {
  writer.reset()
  writeSyncAck(writer, body)
  return writer.finishAlone()
}
