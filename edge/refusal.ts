import type { CloseName } from '../shared/codes.ts'

export type RefusalCode =
  | CloseName
  | 'upgrade_required'
  | 'subprotocol_missing'
  | 'origin_refused'
  | 'shard_unknown'
  | 'not_configured'
  | 'not_found'
  | 'internal_error'

export type RefusalStatus = 400 | 401 | 403 | 404 | 426 | 429 | 500 | 502 | 503

/** An HTTP request that gets no upgrade: every such answer of the edge is made here. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: RefusalStatus
  readonly code: RefusalCode

  constructor(status: RefusalStatus, code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.code = code
  }

  toResponse(): Response {
    const headers = this.status === 426 ? { upgrade: 'websocket' } : {}
    return Response.json({ code: this.code, message: this.message }, { status: this.status, headers })
  }
}
