import { entryCommand } from '../entry-command.ts'
import { UsageError } from '../exit.ts'

export const react = entryCommand({
  name: 'react',
  summary: 'react to a message, with an emoji or any short text',
  words: ' [--remove] EMOJI',
  flags: { remove: { value: '', help: 'Take the reaction back' } },
  act({ remove }, [key, ...rest]) {
    if (key === undefined || rest.length > 0) throw new UsageError('it is one reaction')
    return (conversation, seq) => (remove ? conversation.unreact(seq, key) : conversation.react(seq, key))
  },
})
