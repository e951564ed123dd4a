import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

/**
 * Messages are appended by rowid and found by two indexes: their place in the conversation,
 * and the idempotency key. Nothing is written per recipient: unread and last seq are derived.
 */
const VERSION_1 = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    last_message INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE member (
    user INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    delivered_seq INTEGER NOT NULL DEFAULT 0,
    read_seq INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user, conversation)
  ) WITHOUT ROWID;
  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    client_message_id TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    content BLOB NOT NULL
  );
  CREATE UNIQUE INDEX message_by_seq ON message (conversation, seq);
  CREATE UNIQUE INDEX message_by_client_id ON message (sender, client_message_id);
`
const VERSION = 1

/** Brings a database file to the current schema. Throws on a file of a newer Hawser. */
export function migrate(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -32768')
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > VERSION) throw new Error(`the log has schema version ${version}, this Hawser knows up to ${VERSION}`)
  if (version === VERSION) return
  database.exec(`BEGIN; ${VERSION_1} PRAGMA user_version = ${VERSION};`)
  // Message ids begin with this, so that those of two databases never meet.
  database.prepare("INSERT INTO meta VALUES ('id_prefix', ?)").run(randomBytes(4).toString('hex'))
  database.exec('COMMIT')
}

export function idPrefix(database: DatabaseSync): string {
  const row = database.prepare("SELECT value FROM meta WHERE key = 'id_prefix'").get() as { value: string }
  return row.value
}
