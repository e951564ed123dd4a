import type { Command } from '../command.ts'
import { devSigner } from '../dev-keys.ts'
import { duration, flagsHelp, noWords, readFlags } from '../flags.ts'
import { print } from '../output.ts'
import { DATA_FLAG, USER_FLAG, userId } from '../session.ts'

const FLAGS = { user: USER_FLAG, ttl: { value: 'TIME', help: 'How long it is good for', default: '1h' }, data: DATA_FLAG } as const

export const token: Command = {
  summary: 'print a token for a user, signed with the developer key',
  help: `Usage: hawser token --user NAME [--ttl TIME]\n\n${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    noWords(words)
    const user = userId('user', values.user)
    const lifetimeMs = duration('ttl', values.ttl)
    const sign = await devSigner(values.data)
    print((await sign(user, lifetimeMs)).token)
  },
}
