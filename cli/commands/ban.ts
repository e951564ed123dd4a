import { ADMIN_FLAGS, adminRequest } from '../admin.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../exit.ts'
import { duration, flagsHelp, readFlags } from '../flags.ts'
import { print } from '../output.ts'
import { table } from '../table.ts'

const FLAGS = {
  for: { value: 'TIME', help: 'How long it holds, such as 15m, 1h or 7d', default: '1h' },
  reason: { value: 'TEXT', help: 'Why, for the list of bans', default: '' },
  lift: { value: '', help: 'Ends the ban' },
  ...ADMIN_FLAGS,
} as const

interface Ban {
  readonly subject: string
  readonly until: number
  readonly reason: string
}

export const ban: Command = {
  summary: 'keep an address, a network or a user out of a running core; list and lift bans',
  help: `Usage: hawser ban                              list
       hawser ban SUBJECT [--for TIME]         ban
       hawser ban SUBJECT --lift               end a ban

SUBJECT is an address, a network (CIDR), or user:NAME. Sessions that it meets are ended.

${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    const [subject, ...rest] = words
    if (rest.length > 0) throw new UsageError(`"${rest[0]}" is not expected here`)
    if (subject === undefined) return list((await adminRequest<{ bans: Ban[] }>(values, '/bans')).bans)
    if (values.lift) {
      await adminRequest(values, `/bans/${encodeURIComponent(subject)}`, { method: 'DELETE' })
      return
    }
    const body = { subject, seconds: duration('for', values.for) / 1000, reason: values.reason }
    list((await adminRequest<{ bans: Ban[] }>(values, '/bans', { method: 'POST', body })).bans)
  },
}

function list(bans: readonly Ban[]): void {
  const rows = bans.map(({ subject, until, reason }) => [subject, new Date(until).toISOString(), reason])
  print(table(['SUBJECT', 'UNTIL', 'REASON'], rows))
}
