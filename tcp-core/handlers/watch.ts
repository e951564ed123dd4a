import { Command } from '../../shared/commands.ts'
import { checkUserIds } from '../../shared/fields.ts'
import type { Watch } from '../../shared/gen/hawser.ts'
import type { Presences } from '../ephemeral/presences.ts'
import type { Session } from '../sessions/session.ts'
import { unavailable } from './unavailable.ts'

export interface WatchParts {
  readonly ephemeral: { readonly presences: Presences }
}

/** WATCH: whose presence the session wants to hear of, answered by how it is now (T2). */
export async function watch({ ephemeral }: WatchParts, session: Session, requestId: number, body: Watch): Promise<void> {
  checkUserIds('users', body.users)
  checkUserIds('unwatch', body.unwatch)
  const presence = await ephemeral.presences.watch(session, new Set(body.users), body.unwatch).catch(unavailable)
  session.connection.send(Command.WATCH_ACK, requestId, { presence })
}
