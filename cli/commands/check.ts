import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { breaches } from '../../client/history-check.ts'
import { readHistory } from '../../client/history-file.ts'
import { forTerminal } from '../../shared/foreign-text.ts'
import type { Command } from '../command.ts'
import { EXIT, Failure, UsageError } from '../exit.ts'
import { complain, print } from '../output.ts'

export const check: Command = {
  summary: 'check a recorded history for loss, duplicates and order',
  help: `Usage: hawser check FILE

FILE has a line of JSON for each thing that was seen: what senders had acknowledged, what clients
received, and the log as it was read afterwards. "-" reads from standard input. Prints a sentence
for each promise that was broken and ends with status 1 if there is one.
`,
  async run(args) {
    const [file, ...rest] = args
    if (file === undefined || rest.length > 0) throw new UsageError('it is one file')
    const input = file === '-' ? process.stdin : createReadStream(file)
    const history = await readHistory(createInterface({ input })).catch((error: Error) => {
      throw new Failure(`${file}: ${error.message}`)
    })
    const found = breaches(history)
    for (const breach of found) print(forTerminal(breach))
    const messages = [...history.log.values()].reduce((sum, { length }) => sum + length, 0)
    complain(`${messages} messages, ${history.acked.length} acknowledgements, ${history.received.size} clients: ${found.length} breaches`)
    if (found.length > 0) process.exitCode = EXIT.failure
  },
}
