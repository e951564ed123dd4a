import { ContactState } from '../../../shared/gen/hawser.ts'
import type { Key } from './rows.ts'

/** How two users stand, as it is kept: once for both. */
export interface ContactRow {
  readonly state: ContactState
  readonly asked_by: Key
}

/** The same as one of the two sees it (P3). */
export function contactState(user: Key, row: ContactRow | undefined): ContactState {
  if (!row) return ContactState.NO_CONTACT
  return row.state === ContactState.ASKED && row.asked_by !== user ? ContactState.WAS_ASKED : row.state
}
