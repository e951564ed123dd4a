import { jsonLine } from '../../shared/foreign-text.ts'
import { ADMIN_FLAGS, adminRequest } from '../admin.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../exit.ts'
import { flagsHelp, readFlags } from '../flags.ts'
import { print } from '../output.ts'

const FLAGS = {
  id: { value: 'TEXT', help: 'An id of yours: under it the same is done once, however often it is asked for' },
  ...ADMIN_FLAGS,
} as const

/** What is asked of the admin door for each act, by the users that are named. */
const BODIES: Readonly<Record<string, (users: readonly string[]) => object>> = {
  add: (users) => ({ users: some(users) }),
  remove: (users) => ({ users: some(users) }),
  transfer(users) {
    const [user, ...rest] = some(users)
    if (rest.length > 0) throw new UsageError('a group has one owner')
    return { user }
  },
  dissolve(users) {
    if (users.length > 0) throw new UsageError(`"${users[0]}" is not expected here`)
    return {}
  },
}

export const operate: Command = {
  summary: "see to anybody's group as the operator of a running core",
  help: `Usage: hawser operate add|remove GROUP USER...
       hawser operate transfer GROUP USER
       hawser operate dissolve GROUP

GROUP is the group's id, without "group/". Whoever is made the owner becomes a member if he is none.
Prints one line of JSON when it is on the server's disk.

${flagsHelp(FLAGS)}`,
  async run([act = '', ...args]) {
    const body = Object.hasOwn(BODIES, act) ? BODIES[act] : undefined
    if (!body) throw new UsageError(`the act is one of ${Object.keys(BODIES).join(', ')}`)
    const { values, words } = readFlags(args, FLAGS)
    const [group, ...users] = words
    if (group === undefined) throw new UsageError('no group is named')
    const asked = { ...body(users), ...(values.id === undefined ? {} : { id: values.id }) }
    const path = `/groups/${encodeURIComponent(group.replace(/^group\//, ''))}/${act}`
    print(jsonLine(await adminRequest(values, path, { method: 'POST', body: asked })))
  },
}

function some(users: readonly string[]): readonly string[] {
  if (users.length === 0) throw new UsageError('nobody is named')
  return users
}
