import { Command } from '../../shared/commands.ts'
import { encodeRawFrame } from '../../shared/frame.ts'
import type { Query } from '../../shared/gen/hawser.ts'
import type { Core } from '../core.ts'
import type { Session } from '../sessions/session.ts'
import { unavailable } from './unavailable.ts'

/** QUERY: a thread that reads the log looks up and encodes the answer. */
export async function query(core: Core, session: Session, requestId: number, body: Query): Promise<void> {
  const answer = await core.reads.query(session.user.id, body).catch(unavailable)
  session.connection.write(encodeRawFrame(Command.QUERY_ACK, requestId, answer))
}
