import { entryCommand } from '../entry-command.ts'
import { UsageError } from '../exit.ts'

export const edit = entryCommand({
  name: 'edit',
  summary: 'give a message of yours another text',
  words: ' TEXT...',
  flags: {},
  act(_, words) {
    const text = words.join(' ')
    if (text === '') throw new UsageError('there is no text')
    return (conversation, seq) => conversation.edit(seq, text)
  },
})
