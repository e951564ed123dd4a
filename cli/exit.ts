/** What the command line ends with. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const

/** The command could not be done; the message is the one line that its user sees. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
  readonly status: number = EXIT.failure
}

/** The command was not given as it should be. */
export class UsageError extends Failure {
  override readonly name = 'UsageError'
  override readonly status = EXIT.usage
}
