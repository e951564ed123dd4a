import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname

/**
 * Who may read the date, and what for. The date may be set at any time, so it is for stamps and
 * for what is due at a date; every interval goes by a clock's `elapsed`, or `performance.now`.
 */
const DATE_READERS: Record<string, string> = {
  'tcp-core/time/clock.ts': 'the core’s clock itself',
  'tcp-core/admin/admin-app.ts': 'until when a ban lasts',
  'tcp-core/admin/broadcast-route.ts': 'sent_at',
  'tcp-core/time/alarm.ts': 'what is due at a date, looked at again every ten seconds',
  'tcp-core/sessions/connection.ts': 'the token’s expiry, looked at again every minute; when an operator sees that it was heard',
  'tcp-core/sessions/ended-tickets.ts': 'until when a ticket that has ended could have lived',
  'tcp-core/login/end-session.ts': 'the end in a trace',
  'tcp-core/login/end-tickets.ts': 'until when a ticket that has ended could have lived',
  'tcp-core/login/establish-session.ts': 'the ticket’s expiry; the generation, which grows across a restart',
  'tcp-core/ephemeral/last-seen.ts': 'last_seen of those who are online when the core dies',
  'tcp-core/ephemeral/presences.ts': 'last_seen',
  'tcp-core/handlers/login.ts': 'server_time',
  'tcp-core/handlers/publish.ts': 'sent_at',
  'tcp-core/handlers/send.ts': 'sent_at',
  'tcp-core/sending/housekeeping.ts': 'what in the log is due at a date',
  'tcp-core/sending/id-retention.ts': 'message ids of so many days ago, asked every hour',
  'tcp-core/limits/access-list.ts': 'the end of a ban, asked at each look',
  'tcp-core/log/sqlite/log-reader.ts': 'whether a message has disappeared',
  'tcp-core/log/sqlite/sqlite-log.ts': 'whether a message has disappeared; the probe that the disk takes',
  'tcp-core/log/storage-fault.ts': 'the name of a fault’s file',
  'tcp-core/log/sqlite/backup-log.ts': 'when a backup was made',
  'tcp-core/sending/operator-send.ts': 'sent_at',
  'tcp-core/sending/scheduled-send.ts': 'sent_at',
  'tcp-core/server.ts': 'when the core began, which orders cores (U11)',
  'tcp-core/sessions/session.ts': 'when an operator and a KICK say that it began',
  'tcp-core/delivery/trace.ts': 'when an operator sees that something happened',
  'tcp-core/uplink/dialer.ts': 'how far the core’s date is from the edge’s',
  'tcp-core/uplink/uplink.ts': 'when an operator sees that it opened',
  'shared/token.ts': 'a token’s expiry',
  'edge/worker/attachments/book.ts': 'the hours and days of uploads, kept in storage, where no other clock goes on',
  'edge/worker/attachments/quota.ts': 'until when an upload is under way, kept in storage',
  'edge/worker/attachments/s3-links.ts': 'until when a link holds',
  'edge/worker/attachments/worker-links.ts': 'until when a link holds',
  'edge/worker/attachments/upload-rate.ts': 'uploads of a minute',
  'edge/shard/core-frames.ts': 'the alarm of a shard, which is set to a date',
  'edge/shard/ownership.ts': 'the beginning of an outage, kept over hibernation, where no other clock goes on',
  'edge/worker/uplink-token.ts': 'how far a core’s date is from the edge’s',
  'edge/shard/shard.ts': 'what a shard keeps over hibernation, where no other clock goes on',
  'client/clock.ts': 'the client’s clock itself',
  'client/server-date.ts': 'the client’s date until the server’s is known',
  'client/identifiers.ts': 'ids that begin with the time',
  'cli/dev-keys.ts': 'iat and exp of a token',
  'cli/commands/sessions.ts': 'how long ago something was, as the server dates it',
  'edge/page/new-id.ts': 'ids that begin with the time',
  'edge/page/server-date.ts': 'the page’s date until the server’s is known',
  'edge/page/token.ts': 'a token’s expiry',
}

/** Date.now, called or passed on; new Date() of now; `now()` of a clock that is injected. */
const READING = /\bDate\.now\b|\bnew Date\(\)|(?<!\bperformance|\bDate)\.now\(\)/

test('nobody reads the date but for a stamp', () => {
  const readers = globSync('{tcp-core,edge,client,cli,shared}/**/*.{ts,tsx}', { cwd: root })
    .filter((file) => !file.endsWith('.d.ts'))
    .filter((file) => READING.test(readFileSync(join(root, file), 'utf8')))
  expect(readers.toSorted()).toEqual(Object.keys(DATE_READERS).toSorted())
})
