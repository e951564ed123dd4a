import { ClosedError } from '../../client/node.ts'
import type { Command } from '../command.ts'
import { flagsHelp, noWords, readFlags, wholeNumber } from '../flags.ts'
import { changeLine, messageLine } from '../lines.ts'
import { print } from '../output.ts'
import { failure, online, openClient, SESSION_FLAGS } from '../session.ts'

const FLAGS = { count: { value: 'N', help: 'End after this many messages' }, ...SESSION_FLAGS } as const

export const listen: Command = {
  summary: 'print messages as they come, those that were missed first',
  help: `Usage: hawser listen --user NAME [--count N]

Prints one line of JSON for each message, and for each thing done to a conversation; that one has "change".

${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    noWords(words)
    let left = values.count === undefined ? Number.POSITIVE_INFINITY : wholeNumber('count', values.count, 1)
    const client = await openClient(values)
    const done = Promise.withResolvers<void>()
    const close = () => void client.close().then(done.resolve, done.reject)
    client.on('message', (message) => {
      print(messageLine(message))
      if (--left === 0) close() // this message is acknowledged by it, and none after it
    })
    client.on('change', (change) => print(changeLine(change)))
    client.on('closed', (reason) => {
      if (reason.code !== 'closed_by_user') done.reject(failure(new ClosedError(reason), values.url))
    })
    process.once('SIGINT', close).once('SIGTERM', close)
    // The last message may come before the sync is done, and so before the client is online.
    await Promise.race([online(client, values).then(() => done.promise), done.promise])
  },
}
