import type { CloseName } from '../../shared/codes.ts'
import type { TransportKind } from '../transports/transport.ts'

/** What a trace keeps of a session: nothing that holds on to its connection. */
export interface TracedSession {
  readonly session: string
  readonly user: string
  readonly device: string
  readonly transport: TransportKind
  ended: { readonly at: number; readonly reason: CloseName } | undefined
}
