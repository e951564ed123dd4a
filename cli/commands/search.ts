import type { ConversationRef } from '../../client/node.ts'
import type { Command } from '../command.ts'
import { CONVERSATION_FLAGS, conversationRef } from '../conversation-flags.ts'
import { UsageError } from '../exit.ts'
import { duration, flagsHelp, readFlags, wholeNumber } from '../flags.ts'
import { messageLine } from '../lines.ts'
import { print } from '../output.ts'
import { errand, SESSION_FLAGS, userId } from '../session.ts'

const FLAGS = {
  ...CONVERSATION_FLAGS,
  from: { value: 'NAME', help: 'Of this sender only' },
  within: { value: 'TIME', help: 'Sent not longer ago than this' },
  limit: { value: 'N', help: 'At most so many', default: '50' },
  ...SESSION_FLAGS,
} as const

export const search: Command = {
  summary: 'find messages by their words, the latest first',
  help: `Usage: hawser search --user NAME TEXT...\n\nPrints one line of JSON for each message.\n\n${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    const text = words.join(' ')
    if (text === '') throw new UsageError('there is nothing to search for')
    const anywhere = values.with === undefined && values.group === undefined
    const of: ConversationRef | undefined = anywhere ? undefined : conversationRef('with', values.with, values.group)
    const query = {
      text,
      limit: wholeNumber('limit', values.limit, 1),
      ...(values.from !== undefined && { sender: userId('from', values.from) }),
    }
    const within = values.within === undefined ? undefined : duration('within', values.within)
    const found = await errand(values, (client) => {
      const asked = { ...query, ...(within !== undefined && { sentFrom: client.serverTime() - within }) }
      const conversation = of && client.conversation('with' in of ? of : of.conversationId)
      return client.search(conversation ? { ...asked, conversationId: conversation.id } : asked)
    })
    for (const message of found.messages) print(messageLine(message))
  },
}
