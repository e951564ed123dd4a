import type { ChatMessage, Client, ConversationRef } from '../../client/node.ts'
import type { Command } from '../command.ts'
import { CONVERSATION_FLAGS, conversationRef } from '../conversation-flags.ts'
import { flagsHelp, noWords, readFlags, wholeNumber } from '../flags.ts'
import { messageLine } from '../lines.ts'
import { print } from '../output.ts'
import { inTime, online, openClient, SESSION_FLAGS, type SessionValues } from '../session.ts'

const FLAGS = { ...CONVERSATION_FLAGS, limit: { value: 'N', help: 'The newest so many', default: '50' }, ...SESSION_FLAGS } as const

/** Y1: as many messages as a page may have. */
const MAX_PAGE = 200

export const history: Command = {
  summary: 'print the newest messages of a conversation, oldest first',
  help: `Usage: hawser history --user NAME --with NAME [--limit N]
       hawser history --user NAME --group ID [--limit N]

Prints one line of JSON for each message, as it is now, and for each thing done; that one has "change".

${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    noWords(words)
    const of = conversationRef('with', values.with, values.group)
    const limit = wholeNumber('limit', values.limit, 1)
    const client = await openClient(values, { receive: false })
    await online(client, values)
    for (const message of await newest(client, values, of, limit)) print(messageLine(message))
    await client.close()
  },
}

async function newest(client: Client, values: SessionValues, of: ConversationRef, limit: number): Promise<ChatMessage[]> {
  const pages: ChatMessage[][] = []
  let before = 0
  for (let left = limit; left > 0; ) {
    const asked = client.history(of, { before, limit: Math.min(left, MAX_PAGE) })
    const { messages, more } = await inTime(client, values, asked, () => `no answer within ${values.timeout}`)
    pages.unshift(messages)
    left -= messages.length
    before = messages[0]?.seq ?? 0
    if (!more || messages.length === 0) break
  }
  return pages.flat()
}
