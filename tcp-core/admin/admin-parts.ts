import type { Logger } from 'pino'
import type { Trace } from '../delivery/trace.ts'
import type { BroadcastParts } from '../ephemeral/broadcast.ts'
import type { AccessList } from '../limits/access-list.ts'
import type { TicketEndParts } from '../login/end-tickets.ts'
import type { SendingParts } from '../sending/pending-send.ts'

/** What operators see of a core and may do to it. */
export interface AdminParts extends SendingParts, TicketEndParts, BroadcastParts {
  readonly config: { readonly edge: string; readonly maxContentBytes: number }
  readonly logger: Logger
  readonly access: AccessList
  readonly trace: Trace
}
