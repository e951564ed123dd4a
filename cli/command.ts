/** One command of the command line: what `hawser --help` lists and what runs. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string
  /** The text of `hawser <command> --help`; undefined where the command answers --help itself. */
  readonly help: string | undefined
  /** Resolves when done; throws Failure. */
  run(args: readonly string[]): Promise<void>
}
