import { entryCommand } from '../entry-command.ts'
import { noWords } from '../flags.ts'

export const recall = entryCommand({
  name: 'recall',
  summary: 'take a message back: its content is gone',
  words: '',
  flags: {},
  act(_, words) {
    noWords(words)
    return (conversation, seq) => conversation.recall(seq)
  },
})
