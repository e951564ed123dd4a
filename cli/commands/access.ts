import { jsonLine } from '../../shared/foreign-text.ts'
import { ADMIN_FLAGS, adminRequest } from '../admin.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../exit.ts'
import { flagsHelp, readFlags } from '../flags.ts'
import { print } from '../output.ts'

const LISTS = ['allow', 'deny'] as const
type Rules = Record<(typeof LISTS)[number], string[]>

export const access: Command = {
  summary: 'show and change the allow and deny lists of a running core',
  help: `Usage: hawser access                             show
       hawser access allow|deny add CIDR...      add
       hawser access allow|deny remove CIDR...   remove

With an allow list nobody else comes in; deny goes before allow. Sessions that are kept out now are ended.

${flagsHelp(ADMIN_FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, ADMIN_FLAGS)
    const rules = await adminRequest<Rules>(values, '/access')
    if (words.length === 0) return print(jsonLine(rules))
    const [name, verb, ...entries] = words
    const list = LISTS.find((each) => each === name)
    if (!list || (verb !== 'add' && verb !== 'remove') || entries.length === 0) {
      throw new UsageError('it is allow or deny, then add or remove, then networks')
    }
    const others = rules[list].filter((entry) => !entries.includes(entry))
    const body = { allow: rules.allow, deny: rules.deny, [list]: verb === 'add' ? [...others, ...entries] : others }
    const { allow, deny } = await adminRequest<Rules>(values, '/access', { method: 'PUT', body })
    print(jsonLine({ allow, deny }))
  },
}
