import { type CloseName, CODES, type ErrorName } from './codes.ts'

/** Answers one request with an ERROR frame; the connection lives (docs/PROTOCOL.md, "Errors"). */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  /** A stable code of the table (docs/PROTOCOL.md, "Codes"), whose advice says what becomes of the request (E5). */
  readonly code: ErrorName
  /** The field of the request that was wrong, by its name in the `.proto`; '' where none was. */
  readonly field: string
  /** Whole milliseconds after which the same request may succeed; 0 where waiting does not help. */
  readonly retryAfterMs: number

  /** `field` is '' and `retryAfterMs` 0 where they are not given; `retryAfterMs` is rounded up to whole milliseconds. */
  constructor(code: ErrorName, message: string, options: ErrorOptions & { field?: string; retryAfterMs?: number } = {}) {
    super(message, options)
    this.code = code
    this.field = options.field ?? ''
    this.retryAfterMs = Math.max(0, Math.ceil(options.retryAfterMs ?? 0))
  }
}

/** Ends the connection with a code whose row in CODES says what the client does next. */
export class CloseError extends Error {
  override readonly name = 'CloseError'
  /** A stable code of the table, with a number (docs/PROTOCOL.md, "Codes"). */
  readonly code: CloseName

  /** The message is that of the table where none is given. */
  constructor(code: CloseName, message: string = CODES[code].meaning, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /** The number that goes into the CLOSE frame and the WebSocket close frame. */
  get number(): number {
    return CODES[this.code].close
  }
}
