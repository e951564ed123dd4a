import type { ChatMessage } from '../../node.ts'
import type { Command } from '../command.ts'
import { flagsHelp, noWords, readFlags, wholeNumber } from '../flags.ts'
import { messageLine } from '../message-line.ts'
import { inTime, online, openClient, SESSION_FLAGS, userId } from '../session.ts'

const FLAGS = {
  with: { value: 'NAME', help: 'The other user' },
  limit: { value: 'N', help: 'The newest so many', default: '50' },
  ...SESSION_FLAGS,
} as const

/** Y1: as many messages as a page may have. */
const MAX_PAGE = 200

export const history: Command = {
  summary: 'print the newest messages of a conversation, oldest first',
  help: `Usage: hawser history --user NAME --with NAME [--limit N]\n\nPrints one line of JSON for each message.\n\n${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    noWords(words)
    const peer = userId('with', values.with)
    const limit = wholeNumber('limit', values.limit, 1)
    const client = await openClient(values, { receive: false })
    await online(client, values)
    const pages: ChatMessage[][] = []
    let before = 0
    for (let left = limit; left > 0; ) {
      const asked = client.history({ with: peer }, { before, limit: Math.min(left, MAX_PAGE) })
      const { messages, more } = await inTime(client, values, asked, () => `no answer within ${values.timeout}`)
      pages.unshift(messages)
      left -= messages.length
      before = messages[0]?.seq ?? 0
      if (!more || messages.length === 0) break
    }
    for (const message of pages.flat()) console.log(messageLine(message))
    await client.close()
  },
}
