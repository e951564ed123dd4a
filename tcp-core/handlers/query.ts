import { Command } from '../../shared/commands.ts'
import { encodeRawFrame } from '../../shared/frame.ts'
import { type Query, writeQuery } from '../../shared/gen/hawser.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { Core } from '../core.ts'
import type { Session } from '../session.ts'
import { unavailable } from './unavailable.ts'

const writer = new ProtobufWriter()

/** QUERY: the storage thread looks up and encodes the answer. */
export async function query(core: Core, session: Session, requestId: number, body: Query): Promise<void> {
  writer.reset()
  writeQuery(writer, body)
  const answer = await core.log.query(session.user.id, writer.finishAlone()).catch(unavailable)
  session.connection.write(encodeRawFrame(Command.QUERY_ACK, requestId, answer))
}
