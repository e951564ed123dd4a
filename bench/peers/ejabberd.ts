import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { processTree } from '../measure/processes.ts'
import { DOMAIN, ROOMS } from '../wire/xmpp.ts'
import type { Peer, RunningServer } from './peer.ts'
import { freePort, installed, startDaemon } from './server-process.ts'

/** Where Debian's packages of it and of its libraries are. */
const LIBRARIES = '/usr/lib/x86_64-linux-gnu'
const ERLANG_LIBRARIES = '/usr/lib/erlang/lib'
/** Schedulers that spin while they wait would cost it CPU that no message uses. */
const NO_SPINNING = ['+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none']
const FIRST_SECONDS_MS = 1500

function version(): string | undefined {
  if (!installed('erl') || !existsSync(LIBRARIES)) return undefined
  return readdirSync(LIBRARIES)
    .find((name) => /^ejabberd-[\d.]+$/.test(name))
    ?.replace('ejabberd-', '')
}

/** Of the package erlang-p1-sqlite3. */
function hasSqlite(): boolean {
  return existsSync(ERLANG_LIBRARIES) && readdirSync(ERLANG_LIBRARIES).some((name) => name.startsWith('p1_sqlite3-'))
}

/** `more` begins with modules, and may go on with settings of the top level. */
function configuration(port: number, more: readonly string[]): string {
  return `
hosts: ["${DOMAIN}"]
loglevel: error
auth_method: internal
auth_password_format: plain
registration_timeout: infinity
shaper_rules:
  offline_messages: 10000000
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    shaper: none
    access: all
    starttls: false
    backlog: 4096
modules:
  mod_stream_mgmt:
    max_ack_queue: 100000
    resume_timeout: 0
  mod_register:
    access: all
    ip_access: all
  mod_offline:
    access_max_user_messages: offline_messages
  mod_muc:
    host: ${ROOMS}
    max_users: 10000
    history_size: 0
    user_message_shaper: none
    default_room_options:
      max_users: 10000
      presence_broadcast: []
${more.join('\n')}
`
}

/** As a plain process without Erlang's distribution, so that no epmd is started. */
async function startEjabberd(folder: string, more: readonly string[] = []): Promise<RunningServer> {
  const port = await freePort()
  const path = join(folder, 'ejabberd.yml')
  const spool = join(folder, 'spool')
  mkdirSync(spool, { recursive: true })
  writeFileSync(path, configuration(port, more))
  const args = ['-noinput', '+K', 'true', '+P', '250000', ...NO_SPINNING, '-mnesia', 'dir', `"${spool}"`, '-s', 'ejabberd']
  const server = await startDaemon(installed('erl') as string, args, port, {
    cwd: spool,
    stdio: 'ignore',
    env: {
      ...process.env,
      HOME: folder,
      ERL_LIBS: LIBRARIES,
      ERL_MAX_PORTS: '32000',
      ERL_CRASH_DUMP: join(folder, 'crash.dump'),
      EJABBERD_CONFIG_PATH: path,
      EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
    },
  })
  // It listens before its last modules are in.
  await sleep(FIRST_SECONDS_MS)
  return { ...server, pids: processTree(server.pids[0] as number) }
}

/** This version makes no schema of its own. */
function createArchive(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(readFileSync(join(LIBRARIES, `ejabberd-${version()}`, 'priv/sql/lite.sql'), 'utf8'))
  database.close()
}

const common = {
  wire: 'xmpp',
  version,
} as const

export const ejabberd: Peer = {
  ...common,
  name: 'ejabberd',
  title: 'ejabberd, XEP-0198',
  ack: 'handled by the server, in memory; lost if it ends',
  setting: 'stream management both ways, no TLS, any password, schedulers that do not spin',
  start: ({ folder }) => startEjabberd(folder),
}

export const ejabberdArchive: Peer = {
  ...common,
  name: 'ejabberd-archive',
  title: 'ejabberd, XEP-0198 and archive',
  ack: 'handled by the server; the archive follows',
  setting: 'the same with mod_mam for every message, in SQLite with WAL (in Mnesia a user’s archive costs more the longer it is)',
  version: () => (hasSqlite() ? version() : undefined),
  start({ folder }) {
    const archive = join(folder, 'archive.sqlite')
    createArchive(archive)
    const modules = ['  mod_mam:', '    default: always', '    db_type: sql']
    return startEjabberd(folder, [...modules, 'sql_type: sqlite', `sql_database: "${archive}"`])
  },
}
