import { Command } from '../../shared/commands.ts'
import { userIdFault } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import type { Watch } from '../../shared/gen/hawser.ts'
import type { Core } from '../core.ts'
import type { Session } from '../session.ts'
import { unavailable } from './unavailable.ts'

/** WATCH: whose presence the session wants to hear of, answered by how it is now (T2). */
export async function watch({ fleeting }: Core, session: Session, requestId: number, body: Watch): Promise<void> {
  checkNames('users', body.users)
  checkNames('unwatch', body.unwatch)
  const presence = await fleeting.presences.watch(session, new Set(body.users), body.unwatch).catch(unavailable)
  session.connection.send(Command.WATCH_ACK, requestId, { presence })
}

function checkNames(field: string, names: readonly string[]): void {
  for (const name of names) {
    const fault = userIdFault(name)
    if (fault) throw new RequestError('field_invalid', `"${field}" has a name that ${fault}.`, { field })
  }
}
