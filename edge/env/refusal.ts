import type { CloseName } from '../../shared/codes.ts'
import { API_HEADERS } from './safe-headers.ts'

export type RefusalCode =
  | CloseName
  | 'upgrade_required'
  | 'subprotocol_missing'
  | 'origin_refused'
  | 'shard_unknown'
  | 'field_invalid'
  | 'upload_stalled'
  | 'quota_exceeded'
  | 'quota_used_up'
  | 'storage_full'
  | 'too_many_uploads'
  | 'link_invalid'
  | 'link_expired'
  | 'length_required'
  | 'attachment_unknown'
  | 'attachment_exists'
  | 'attachment_too_large'
  | 'range_unsatisfiable'
  | 'storage_unavailable'
  | 'not_configured'
  | 'not_found'
  | 'internal_error'

export type RefusalStatus = 400 | 401 | 403 | 404 | 408 | 409 | 411 | 413 | 416 | 426 | 429 | 500 | 502 | 503 | 507

/** An HTTP request that does not get what it asks for: every such answer of the edge is made here. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: RefusalStatus
  readonly code: RefusalCode
  readonly #headers: Readonly<Record<string, string>>

  constructor(
    status: RefusalStatus,
    code: RefusalCode,
    message: string,
    options: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options)
    this.status = status
    this.code = code
    this.#headers = options.headers ?? {}
  }

  toResponse(): Response {
    return Response.json({ code: this.code, message: this.message }, { status: this.status, headers: { ...API_HEADERS, ...this.#headers } })
  }
}

export function upgradeRequired(message: string): Refusal {
  return new Refusal(426, 'upgrade_required', message, { headers: { upgrade: 'websocket' } })
}
