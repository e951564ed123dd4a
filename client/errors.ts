import type { ClosedReason } from './closed-reason.ts'

/** The client is closed for good; whatever waited is given up with this. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError'
  /** Why the client closed. */
  readonly reason: ClosedReason

  /** Its message is that of the reason. */
  constructor(reason: ClosedReason) {
    super(reason.message)
    this.reason = reason
  }
}

/** No answer came in `requestTimeoutMs`, over whatever connections there were. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

/** There is no connection, or it ended, and what was to be done on it is not made up for: a message to a room. */
export class DisconnectedError extends Error {
  override readonly name = 'DisconnectedError'
}
