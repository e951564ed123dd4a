import type { MessageTrace, Passage } from '../delivery/trace.ts'
import type { MemberPosition, StoredMessage } from '../log/log-store.ts'
import type { AdminParts } from './admin-parts.ts'

const iso = (milliseconds: number | undefined) => (milliseconds === undefined ? undefined : new Date(milliseconds).toISOString())

/**
 * The life story of a message, as an operator sees it: what the log knows for ever, and what
 * the trace remembers. Undefined where there is no such message.
 */
export async function traceView(parts: AdminParts, messageId: string) {
  const message = await parts.log.find(messageId)
  if (!message) return undefined
  const { members, ...stored } = message
  const trace = parts.trace.of(message.conversationId, message.seq)
  return {
    ...stored,
    sentAt: iso(message.sentAt),
    /** Left out where it is longer ago than the trace goes back: then its sessions are forgotten, too. */
    storedAt: iso(trace.storedAt),
    members: members.map((member) => memberView(message, member, trace)),
  }
}
export type TraceView = NonNullable<Awaited<ReturnType<typeof traceView>>>

function memberView({ seq, sender }: StoredMessage, { userId, deliveredSeq, readSeq }: MemberPosition, trace: MessageTrace) {
  const passages = trace.passages.filter(({ user }) => user === userId)
  return {
    user: userId,
    sender: userId === sender,
    delivered: deliveredSeq >= seq,
    read: readSeq >= seq,
    /** It had no session when the message was stored. */
    offline:
      trace.storedAt !== undefined && userId !== sender && !passages.some((passage) => 'pushedAt' in passage || 'heldBackAt' in passage),
    sessions: passages.map(sessionView),
  }
}

function sessionView({ session, device, transport, pushedAt, heldBackAt, pulledAt, acknowledgedAt, ended }: Passage) {
  return {
    session,
    device,
    transport,
    pushedAt: iso(pushedAt),
    /** Past its window: the client was told to pull instead. */
    heldBackAt: iso(heldBackAt),
    pulledAt: iso(pulledAt),
    acknowledgedAt: iso(acknowledgedAt),
    endedAt: iso(ended?.at),
    endReason: ended?.reason,
  }
}
