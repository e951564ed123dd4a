import type { Core } from '../core.ts'
import type { Session } from '../sessions/session.ts'

/** L6 */
export function logout(_core: Core, session: Session): undefined {
  session.connection.close('logged_out')
}
