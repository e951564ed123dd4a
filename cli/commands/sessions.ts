import { jsonLine } from '../../shared/foreign-text.ts'
import { ADMIN_FLAGS, adminRequest } from '../admin.ts'
import type { Command } from '../command.ts'
import { flagsHelp, noWords, readFlags } from '../flags.ts'
import { complain, print } from '../output.ts'
import { table } from '../table.ts'

const FLAGS = {
  user: { value: 'NAME', help: 'Of this user only' },
  transport: { value: 'DOOR', help: 'By this door only: tcp, tls, ws or edge' },
  address: { value: 'CIDR', help: 'From this address or network only' },
  limit: { value: 'N', help: 'At most so many', default: '1000' },
  json: { value: '', help: 'A line of JSON each, with everything' },
  ...ADMIN_FLAGS,
} as const

interface Session {
  readonly id: string
  readonly user: string
  readonly device: string
  readonly deviceClass: string
  readonly transport: string
  readonly address: string
  readonly startedAt: string
  readonly lastTick: string
  readonly packetsIn: number
  readonly packetsOut: number
  readonly ackWait: number
}

export const sessions: Command = {
  summary: 'list the sessions of a running core',
  help: `Usage: hawser sessions [--user NAME] [--transport DOOR] [--address CIDR] [--json]\n\n${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    noWords(words)
    const query = new URLSearchParams({ limit: values.limit })
    for (const name of ['user', 'transport', 'address'] as const) {
      const value = values[name]
      if (value !== undefined) query.set(name, value)
    }
    const found = await adminRequest<{ total: number; sessions: Session[] }>(values, `/sessions?${query}`)
    if (values.json) {
      for (const session of found.sessions) print(jsonLine(session))
      return
    }
    const rows = found.sessions.map((each) => [
      each.user,
      each.device,
      each.deviceClass,
      each.transport,
      each.address,
      since(each.startedAt),
      since(each.lastTick),
      each.packetsIn,
      each.packetsOut,
      each.ackWait,
      each.id,
    ])
    print(table(['USER', 'DEVICE', 'CLASS', 'DOOR', 'ADDRESS', 'AGE', 'IDLE', 'IN', 'OUT', 'UNACKED', 'SESSION'], rows))
    if (found.total > rows.length) complain(`${found.total - rows.length} more; see --limit`)
  },
}

function since(time: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000))
  if (seconds < 120) return `${seconds}s`
  if (seconds < 7200) return `${Math.round(seconds / 60)}m`
  return `${Math.round(seconds / 3600)}h`
}
