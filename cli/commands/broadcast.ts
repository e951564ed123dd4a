import { ADMIN_FLAGS, adminRequest } from '../admin.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../exit.ts'
import { flagsHelp, readFlags } from '../flags.ts'
import { print } from '../output.ts'

const FLAGS = {
  users: { value: 'NAMES', help: 'To these users only, by comma' },
  room: { value: 'ID', help: 'To those in this room only' },
  transport: { value: 'DOOR', help: 'By this door only: tcp, tls, ws or edge' },
  class: { value: 'CLASS', help: 'To this class of device only: phone, tablet, desktop, web, terminal or service' },
  type: { value: 'TYPE', help: 'Content type', default: 'text/plain' },
  ...ADMIN_FLAGS,
} as const

export const broadcast: Command = {
  summary: 'tell all sessions of a running core something, or some of them',
  help: `Usage: hawser broadcast TEXT... [--users NAMES] [--room ID] [--transport DOOR] [--class CLASS]

Prints to how many sessions it went. It is kept nowhere: who is offline, or behind, does not get it.

${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    const content = words.join(' ')
    if (content === '') throw new UsageError('there is no text to tell')
    const { room, transport, class: deviceClass } = values
    const users = values.users?.split(',').map((name) => name.trim())
    const body = { content, contentType: values.type, filter: { users, room, transport, deviceClass } }
    const { sessions } = await adminRequest<{ sessions: number }>(values, '/broadcast', { method: 'POST', body })
    print(sessions)
  },
}
