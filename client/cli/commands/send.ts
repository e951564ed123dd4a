import type { Command } from '../command.ts'
import { UsageError } from '../exit.ts'
import { flagsHelp, readFlags } from '../flags.ts'
import { inTime, online, openClient, SESSION_FLAGS, userId } from '../session.ts'

const FLAGS = { to: { value: 'NAME', help: 'Whom it is for' }, ...SESSION_FLAGS } as const

export const send: Command = {
  summary: 'send a message and print where it is stored',
  help: `Usage: hawser send --user NAME --to NAME TEXT...\n\nPrints one line of JSON when the message is on the server's disk.\n\n${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    const to = userId('to', values.to)
    const text = words.join(' ')
    if (text === '') throw new UsageError('there is no text to send')
    const client = await openClient(values, { receive: false })
    await online(client, values)
    const sent = await inTime(
      client,
      values,
      client.send({ to }, text),
      () => `no acknowledgement within ${values.timeout}; the message may have been stored`,
    )
    const { conversationId: conversation, seq, messageId, durability, duplicate, sentAt } = sent
    console.log(JSON.stringify({ conversation, seq, messageId, durability, duplicate, sentAt }))
    await client.close()
  },
}
