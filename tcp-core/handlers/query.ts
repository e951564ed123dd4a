import { Command } from '../../shared/commands.ts'
import { encodeRawFrame } from '../../shared/frame.ts'
import type { Query } from '../../shared/gen/hawser.ts'
import type { UserReads } from '../ephemeral/user-reads.ts'
import type { Session } from '../sessions/session.ts'
import { unavailable } from './unavailable.ts'

export interface QueryParts {
  readonly reads: UserReads
}

/** QUERY: a thread that reads the log looks up and encodes the answer. */
export async function query({ reads }: QueryParts, session: Session, requestId: number, body: Query): Promise<void> {
  const answer = await reads.query(session.user.id, body).catch(unavailable)
  session.connection.write(encodeRawFrame(Command.QUERY_ACK, requestId, answer))
}
