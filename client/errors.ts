import type { ClosedReason } from './closed-reason.ts'

/** The client is closed for good; whatever waited is given up with this. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError'
  readonly reason: ClosedReason

  constructor(reason: ClosedReason) {
    super(reason.message)
    this.reason = reason
  }
}

/** No answer came in `requestTimeoutMs`, over whatever connections there were. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

/** The connection that a request was bound to ended; never seen outside the client. */
export class DisconnectedError extends Error {
  override readonly name = 'DisconnectedError'
}
