import type { AccessList } from '../limits/access-list.ts'
import type { Registry } from '../sessions/registry.ts'

/** Ends the sessions that the access rules and bans keep out now; gives their ids. */
export function endRefused({ registry, access }: { readonly registry: Registry; readonly access: AccessList }): string[] {
  const refused = [...registry.sessions()].filter(
    ({ user, connection }) =>
      access.refusalOfUser(user.id) !== undefined || access.refusalOf(connection.transport.remoteAddress) !== undefined,
  )
  for (const { connection } of refused) connection.close('denied')
  return refused.map(({ id }) => id)
}
