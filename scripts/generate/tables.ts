/** Puts the tables of codes, commands and operations into docs/PROTOCOL.md, from those in shared/ and test/operations/. */
import { readFileSync, writeFileSync } from 'node:fs'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { operationsTable } from '../../test/operations/table.ts'

const protocol = new URL('../../docs/PROTOCOL.md', import.meta.url)

/** Which message a command carries and who sends it. */
export const COMMAND_NOTES: Record<keyof typeof Command, [message: string, from: string]> = {
  LOGIN: ['Login', 'client'],
  LOGIN_ACK: ['LoginAck', 'core'],
  LOGOUT: ['', 'client'],
  PING: ['', 'client'],
  PONG: ['', 'core'],
  SEND: ['Send', 'client'],
  SEND_ACK: ['SendAck', 'core'],
  DELIVER: ['Message', 'core'],
  DELIVER_ACK: ['DeliverAck', 'client'],
  SYNC: ['Sync', 'client'],
  SYNC_ACK: ['SyncAck', 'core'],
  READ: ['Read', 'client'],
  READ_ACK: ['Read', 'core'],
  EVENT: ['FleetingEvent', 'core'],
  GAP: ['Gap', 'core'],
  KICK: ['Kick', 'core'],
  GOAWAY: ['GoAway', 'core'],
  ERROR: ['ErrorReply', 'core'],
  CLOSE: ['Close', 'core'],
  QUERY: ['Query', 'client'],
  QUERY_ACK: ['Answer', 'core'],
  TYPING: ['Typing', 'client'],
  WATCH: ['Watch', 'client'],
  WATCH_ACK: ['WatchAck', 'core'],
  ROOM: ['Room', 'client'],
  ROOM_ACK: ['RoomAck', 'core'],
  PUBLISH: ['Publish', 'client'],
  PUBLISH_ACK: ['PublishAck', 'core'],
}

function codes(): string {
  const rows = Object.entries(CODES).map(([name, row]) => {
    return `| \`${name}\` | ${'close' in row ? row.close : ''} | ${row.advice} | ${row.meaning} |`
  })
  return `| code | close | then | meaning |\n|---|---|---|---|\n${rows.join('\n')}`
}

function commands(): string {
  const rows = Object.entries(Command).map(([name, number]) => {
    const [message, from] = COMMAND_NOTES[name as keyof typeof Command]
    return `| ${number} | ${name} | ${from} | ${message ? `\`${message}\`` : 'no body'} |`
  })
  return `| number | command | from | message |\n|---|---|---|---|\n${rows.join('\n')}`
}

/** The text of docs/PROTOCOL.md with its tables made anew. */
export function withTables(text: string): string {
  const put = (into: string, name: string, table: string) =>
    into.replace(
      new RegExp(`(<!-- ${name}: made by .* -->\\n)[^]*?(<!-- /${name} -->)`),
      (_, begin: string, end: string) => `${begin}${table}\n${end}`,
    )
  return put(put(put(text, 'codes', codes()), 'commands', commands()), 'operations', operationsTable())
}

if (import.meta.main) writeFileSync(protocol, withTables(readFileSync(protocol, 'utf8')))
