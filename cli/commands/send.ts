import type { SendOptions } from '../../client/node.ts'
import type { Command } from '../command.ts'
import { conversationRef, GROUP_FLAG } from '../conversation-flags.ts'
import { UsageError } from '../exit.ts'
import { duration, type FlagValues, flagsHelp, readFlags, wholeNumber } from '../flags.ts'
import { storedLine } from '../lines.ts'
import { print } from '../output.ts'
import { errand, SESSION_FLAGS } from '../session.ts'

const FLAGS = {
  to: { value: 'NAME', help: 'Whom it is for' },
  group: GROUP_FLAG,
  reply: { value: 'SEQ', help: 'The message that it answers' },
  thread: { value: 'SEQ', help: 'The message whose thread it is in' },
  mention: { value: 'NAMES', help: 'Users that it mentions, with commas between them' },
  'mention-all': { value: '', help: 'It mentions everybody' },
  expires: { value: 'TIME', help: 'It disappears after this time' },
  in: { value: 'TIME', help: 'It is sent after this time' },
  id: { value: 'ID', help: 'Its client message id: sent again under the same one, it is stored once' },
  ...SESSION_FLAGS,
} as const

export const send: Command = {
  summary: 'send a message and print where it is stored',
  help: `Usage: hawser send --user NAME --to NAME TEXT...
       hawser send --user NAME --group ID TEXT...

Prints one line of JSON when the message is on the server's disk.

${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    const of = conversationRef('to', values.to, values.group)
    const text = words.join(' ')
    if (text === '') throw new UsageError('there is no text to send')
    const options = sendOptions(values)
    const sent = await errand(
      values,
      (client) => client.send('with' in of ? { to: of.with } : of, text, options(client.serverTime())),
      () => `no acknowledgement within ${values.timeout}; the message may have been stored`,
    )
    print(storedLine(sent))
  },
}

/** Wrong flags are told at once; times count from the server's date, `now`. */
function sendOptions({ reply, thread, mention, 'mention-all': all, expires, in: later, id }: FlagValues<typeof FLAGS>) {
  const options = {
    ...(id !== undefined && { clientMessageId: id }),
    ...(reply !== undefined && { replyTo: wholeNumber('reply', reply, 1) }),
    ...(thread !== undefined && { thread: wholeNumber('thread', thread, 1) }),
    ...(mention !== undefined && { mentions: mention.split(',') }),
    mentionAll: all !== undefined,
  }
  const expiresIn = expires === undefined ? undefined : duration('expires', expires)
  const sendIn = later === undefined ? undefined : duration('in', later)
  return (now: number): SendOptions => ({
    ...options,
    ...(expiresIn !== undefined && { expiresAt: now + expiresIn }),
    ...(sendIn !== undefined && { sendAt: now + sendIn }),
  })
}
