import type { BannedUser, Client, ConversationHandle, Member, SendResult } from '../../client/node.ts'
import { jsonLine } from '../../shared/foreign-text.ts'
import type { Command } from '../command.ts'
import { GROUP_FLAG, groupId } from '../conversation-flags.ts'
import { UsageError } from '../exit.ts'
import { duration, type FlagValues, flagsHelp, noWords, readFlags, required } from '../flags.ts'
import { storedLine } from '../lines.ts'
import { print } from '../output.ts'
import { errand, SESSION_FLAGS } from '../session.ts'

const FLAGS = {
  group: GROUP_FLAG,
  name: { value: 'TEXT', help: 'What a new group is called' },
  for: { value: 'TIME', help: 'For how long to mute' },
  lift: { value: '', help: 'Mute no longer' },
  all: { value: '', help: 'Mute all but admins and the owner' },
  ...SESSION_FLAGS,
} as const
type Values = FlagValues<typeof FLAGS>

/** Gives the lines to print. Throws UsageError before anything is asked. */
type Action = (values: Values, words: readonly string[]) => (client: Client) => Promise<string[]>

const ACTIONS: Readonly<Record<string, Action>> = {
  create({ group, name }, members) {
    const made = { name: required('name', name), members, ...(group !== undefined && { id: groupId(group).slice('group/'.length) }) }
    return async (client) => [jsonLine({ conversation: (await client.createGroup(made)).id })]
  },
  info: (values, words) => asking(values, words, async (group) => [jsonLine(await group.info())]),
  members: (values, words) => asking(values, words, async (group) => (await membersOf(group)).map((member) => jsonLine(member))),
  add: (values, words) => naming(values, words, (group, users) => group.add(users)),
  remove: (values, words) => naming(values, words, (group, users) => group.remove(users)),
  ban: (values, words) => naming(values, words, (group, users) => group.ban(users)),
  unban: (values, words) => naming(values, words, (group, users) => group.unban(users)),
  bans: (values, words) => asking(values, words, async (group) => (await bansOf(group)).map((ban) => JSON.stringify(ban))),
  leave: (values, words) => asking(values, words, async (group) => [storedLine(await group.leave())]),
  join: (values, words) => asking(values, words, async (group) => [storedLine(await group.join())]),
  dissolve: (values, words) => asking(values, words, async (group) => [storedLine(await group.dissolve())]),
  role(values, [user, role, ...rest]) {
    if (user === undefined || rest.length > 0) throw new UsageError('it is one user and one role')
    if (role === 'owner') return doing(values, (group) => group.transfer(user))
    if (role !== 'admin' && role !== 'member') throw new UsageError('the role is owner, admin or member')
    return doing(values, (group) => group.setRole(user, role))
  },
  mute(values, users) {
    if (users.length > 0 === (values.all !== undefined)) throw new UsageError('either users are named, or --all is given')
    const length = values.lift ? undefined : duration('for', required('for', values.for))
    return doing(values, (group, client) => {
      const until = length === undefined ? 0 : client.serverTime() + length
      return values.all ? group.muteAll(until) : group.mute(users, until)
    })
  },
  rename: (values, words) => naming(values, words, (group) => group.update({ name: words.join(' ') })),
}

export const group: Command = {
  summary: 'make a group, and see to it and its members',
  help: `Usage: hawser group create --user NAME --name TEXT [--group ID] [USER...]
       hawser group info|members|bans|join|leave|dissolve --user NAME --group ID
       hawser group add|remove|ban|unban --user NAME --group ID USER...
       hawser group role --user NAME --group ID USER owner|admin|member
       hawser group mute --user NAME --group ID --for TIME|--lift USER...|--all
       hawser group rename --user NAME --group ID TEXT...

Prints one line of JSON for what was asked, or when it is on the server's disk.

${flagsHelp(FLAGS)}`,
  async run([name = '', ...args]) {
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
    if (!action) throw new UsageError(`the action is one of ${Object.keys(ACTIONS).join(', ')}`)
    const { values, words } = readFlags(args, FLAGS)
    for (const line of await errand(values, action(values, words))) print(line)
  },
}

function doing(values: Values, act: (group: ConversationHandle, client: Client) => Promise<SendResult>) {
  const id = groupId(values.group)
  return async (client: Client) => [storedLine(await act(client.conversation(id), client))]
}

function naming(
  values: Values,
  words: readonly string[],
  act: (group: ConversationHandle, words: readonly string[]) => Promise<SendResult>,
) {
  if (words.length === 0) throw new UsageError('nothing is named')
  return doing(values, (group) => act(group, words))
}

function asking(values: Values, words: readonly string[], ask: (group: ConversationHandle) => Promise<string[]>) {
  noWords(words)
  const id = groupId(values.group)
  return (client: Client) => ask(client.conversation(id))
}

function membersOf(group: ConversationHandle): Promise<Member[]> {
  return all(async (cursor) => {
    const { members, nextCursor } = await group.members({ cursor })
    return { items: members, nextCursor }
  })
}

function bansOf(group: ConversationHandle): Promise<BannedUser[]> {
  return all(async (cursor) => {
    const { bans, nextCursor } = await group.bans({ cursor })
    return { items: bans, nextCursor }
  })
}

/** Page after page. */
async function all<T>(ask: (cursor: string) => Promise<{ items: T[]; nextCursor: string }>): Promise<T[]> {
  const found: T[] = []
  let cursor = ''
  do {
    const { items, nextCursor } = await ask(cursor)
    found.push(...items)
    cursor = nextCursor
  } while (cursor !== '')
  return found
}
