import type { ConversationHandle, SendResult } from '../client/node.ts'
import type { Command } from './command.ts'
import { CONVERSATION_FLAGS, conversationRef } from './conversation-flags.ts'
import { type Flags, type FlagValues, flagsHelp, readFlags, required, wholeNumber } from './flags.ts'
import { storedLine } from './lines.ts'
import { print } from './output.ts'
import { errand, SESSION_FLAGS } from './session.ts'

const ENTRY_FLAGS = { ...CONVERSATION_FLAGS, seq: { value: 'SEQ', help: 'The message' }, ...SESSION_FLAGS } as const

/** What a command does to one message. */
interface EntryCommand<F extends Flags> {
  readonly name: string
  readonly summary: string
  /** What follows the flags in the usage. */
  readonly words: string
  readonly flags: F
  /** Throws UsageError for words that are not right, before anything is asked. */
  act(values: FlagValues<F>, words: readonly string[]): (conversation: ConversationHandle, seq: number) => Promise<SendResult>
}

/** A command that does something to a message and prints where that is stored. */
export function entryCommand<F extends Flags>({ name, summary, words: usage, flags, act }: EntryCommand<F>): Command {
  const all = { ...flags, ...ENTRY_FLAGS }
  const line = `--user NAME --with NAME --seq SEQ${usage}`
  return {
    summary,
    help: `Usage: hawser ${name} ${line}
       hawser ${name} ${line.replace('--with NAME', '--group ID')}

Prints one line of JSON when it is on the server's disk.

${flagsHelp(all)}`,
    async run(args) {
      const { values, words } = readFlags(args, all)
      const entry = values as FlagValues<typeof ENTRY_FLAGS>
      const of = conversationRef('with', entry.with, entry.group)
      const seq = wholeNumber('seq', required('seq', entry.seq), 1)
      const work = act(values as FlagValues<F>, words)
      const stored = await errand(entry, (client) => work(client.conversation('with' in of ? of : of.conversationId), seq))
      print(storedLine(stored))
    },
  }
}
