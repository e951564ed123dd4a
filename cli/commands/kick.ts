import { forTerminal } from '../../shared/foreign-text.ts'
import { ADMIN_FLAGS, adminRequest } from '../admin.ts'
import type { Command } from '../command.ts'
import { Failure, UsageError } from '../exit.ts'
import { flagsHelp, noWords, readFlags } from '../flags.ts'
import { print } from '../output.ts'

const FLAGS = {
  user: { value: 'NAME', help: 'Ends all sessions of this user' },
  session: { value: 'ID', help: 'Ends this session' },
  ...ADMIN_FLAGS,
} as const

export const kick: Command = {
  summary: 'end sessions of a running core',
  help: `Usage: hawser kick --user NAME | --session ID\n\nThe client is told not to come back by itself. To keep it out, see hawser ban.\n\n${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    noWords(words)
    const { user, session } = values
    if ((user === undefined) === (session === undefined)) throw new UsageError('exactly one of --user and --session is given')
    const body = user === undefined ? { session } : { user }
    const { kicked } = await adminRequest<{ kicked: string[] }>(values, '/kick', { method: 'POST', body })
    if (kicked.length === 0) throw new Failure('there is no such session')
    for (const id of kicked) print(forTerminal(id))
  },
}
