import type { Logger } from 'pino'
import { Command } from '../../shared/commands.ts'
import { directConversationId } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import { checkUserId } from '../../shared/fields.ts'
import { encodeRawFrame } from '../../shared/frame.ts'
import { Direction, type ListQuery, type PageQuery, type Sync, syncCase } from '../../shared/gen/hawser.ts'
import type { Receipts } from '../delivery/receipts.ts'
import type { Trace } from '../delivery/trace.ts'
import type { UserReads } from '../ephemeral/user-reads.ts'
import { noConversation } from '../log/rules/refusals.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Session } from '../sessions/session.ts'
import { mayBeIn } from './read.ts'
import { unavailable } from './unavailable.ts'

export interface SyncParts {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly reads: UserReads
  readonly receipts: Receipts
  readonly trace: Trace
}

/** Y1 and Y2: how much one answer holds. */
const PAGE_LIMIT = { default: 50, max: 200 }
const LIST_LIMIT = { default: 100, max: 500 }

/** SYNC: pages one conversation or lists the user's. A thread that reads the log encodes the answer. */
export async function sync(parts: SyncParts, session: Session, requestId: number, body: Sync): Promise<void> {
  const asked = syncCase(body)
  if (!asked) throw new RequestError('field_invalid', 'Exactly one of "page" and "list" is given.', { field: 'page' })
  // Not a switch: in a function that returns nothing the compiler would let a missing case through.
  return asked.kind === 'page' ? page(parts, session, requestId, asked.body) : list(parts, session, requestId, asked.body)
}

async function page(parts: SyncParts, session: Session, requestId: number, query: PageQuery): Promise<void> {
  const conversationId = conversationOf(session, query)
  const result = await parts.reads
    .page({ ...query, userId: session.user.id, conversationId, limit: limitOf(query.limit, PAGE_LIMIT) })
    .catch(unavailable)
  session.connection.write(encodeRawFrame(Command.SYNC_ACK, requestId, result.syncAck))
  if (result.discontinuity) noteDiscontinuity(parts, session, conversationId, query)
  // R2: what it asks from it has; a push that crossed with a page is never acknowledged by itself.
  if (query.direction === Direction.FORWARD) session.acknowledge(conversationId, query.fromSeq)
  parts.trace.pulled(session.traced, conversationId, result.beginSeq, result.endSeq)
  if (query.direction !== Direction.FORWARD || result.more) return
  // R5: the client has pulled to the end as it was when the page was read. What was skipped since then is told by another GAP.
  const lastSeq = session.ackWait.pulled(conversationId, result.endSeq)
  if (lastSeq !== undefined) session.connection.send(Command.GAP, 0, { conversationId, lastSeq })
}

async function list(parts: SyncParts, session: Session, requestId: number, query: ListQuery): Promise<void> {
  if (!/^[0-9a-z]{0,11}$/.test(query.cursor)) {
    throw new RequestError('field_invalid', '"cursor" is none that a SYNC_ACK gave.', { field: 'cursor' })
  }
  // Y3: what was acknowledged is known to the list, also while it waits to be stored.
  await parts.receipts.settle(session.user.id)
  const syncAck = await parts.reads.list(session.user.id, query.cursor, limitOf(query.limit, LIST_LIMIT)).catch(unavailable)
  session.connection.write(encodeRawFrame(Command.SYNC_ACK, requestId, syncAck))
}

/** Y4: a conversation of others looks like none at all. */
function conversationOf(session: Session, query: PageQuery): string {
  if ((query.withUser === '') === (query.conversationId === '')) {
    throw new RequestError('field_invalid', 'Exactly one of "with_user" and "conversation_id" is given.', { field: 'conversation_id' })
  }
  if (query.withUser !== '') {
    checkUserId('with_user', query.withUser)
    return directConversationId(session.user.id, query.withUser)
  }
  if (mayBeIn(session.user.id, query.conversationId)) return query.conversationId
  throw noConversation(query.conversationId)
}

function limitOf(asked: number, limit: { default: number; max: number }): number {
  return asked === 0 ? limit.default : Math.min(asked, limit.max)
}

/** Y6: the client mends itself; an operator should hear that the log is not what it was. */
function noteDiscontinuity(parts: SyncParts, session: Session, conversationId: string, { fromSeq, epoch }: PageQuery): void {
  parts.metrics.totals.discontinuities++
  parts.logger.warn({ ...session.facts(), conversationId, fromSeq, epoch }, 'a client knows another history of this conversation')
}
