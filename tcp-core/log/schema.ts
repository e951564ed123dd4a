import type { DatabaseSync } from 'node:sqlite'

/** `digest` is 0 where a message is older than digests. `keyed` says that the idempotency key still holds (S3). */
const MESSAGE = `
  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    client_message_id TEXT NOT NULL,
    keyed INTEGER NOT NULL DEFAULT 1,
    sent_at INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    content BLOB NOT NULL
  );
`
const MESSAGE_INDEXES = `
  CREATE UNIQUE INDEX message_by_seq ON message (conversation, seq);
  CREATE UNIQUE INDEX message_by_client_id ON message (sender, client_message_id) WHERE keyed;
`

/**
 * Messages are appended by rowid and found by two indexes: their place in the conversation,
 * and the idempotency key. Nothing is written per recipient: unread and last seq are derived.
 */
const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL,
    last_message INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE member (
    user INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    delivered_seq INTEGER NOT NULL DEFAULT 0,
    read_seq INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user, conversation)
  ) WITHOUT ROWID;
  ${MESSAGE}
  ${MESSAGE_INDEXES}
`

/** From version 1, which had no epochs, digests or expiry of keys. Copies the messages once. */
const FROM_VERSION_1 = `
  ALTER TABLE conversation ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
  UPDATE conversation SET epoch = 1 + abs(random() % 9007199254740990);
  ALTER TABLE message RENAME TO former;
  ${MESSAGE}
  INSERT INTO message (id, conversation, seq, sender, client_message_id, sent_at, digest, content_type, content)
    SELECT id, conversation, seq, sender, client_message_id, sent_at, 0, content_type, content FROM former;
  DROP TABLE former;
  ${MESSAGE_INDEXES}
`
const VERSION = 2

/** Brings a database file to the current schema. Throws on a file of a newer Hawser. */
export function migrate(database: DatabaseSync): void {
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768',
  )
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > VERSION) throw new Error(`the log has schema version ${version}, this Hawser knows up to ${VERSION}`)
  if (version === VERSION) return
  database.exec(`BEGIN; ${version === 1 ? FROM_VERSION_1 : SCHEMA} PRAGMA user_version = ${VERSION}; COMMIT`)
}
