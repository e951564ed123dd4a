import type { Session } from '../sessions/session.ts'

/** L6 */
export function logout(_parts: object, session: Session): undefined {
  session.connection.close('logged_out')
}
