import type { DatabaseSync } from 'node:sqlite'
import { reactionKey } from '../../../shared/reaction-key.ts'
import { PLACE_INDEX } from './places.ts'

/**
 * `previous` is the row of the conversation's entry before it, 0 for the first (places.ts).
 * `digest` is 0 where a message is older than digests. `keyed` says that the idempotency key
 * still holds (S3). `flags` are those of message-flags.ts. `details` and `change` are the
 * encoded messages of the protocol, NULL where there is none.
 */
const MESSAGE = `
  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    client_message_id TEXT NOT NULL,
    keyed INTEGER NOT NULL DEFAULT 1,
    sent_at INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    details BLOB,
    change BLOB,
    content_type TEXT NOT NULL,
    content BLOB NOT NULL
  );
`
/** The id comes before its sender: ids that begin with the time then lie together at the end of the index, whoever sends. */
const MESSAGE_BY_CLIENT_ID = 'CREATE UNIQUE INDEX message_by_client_id ON message (client_message_id, sender) WHERE keyed;'
const MESSAGE_INDEXES = `
  ${PLACE_INDEX}
  ${MESSAGE_BY_CLIENT_ID}
`

/** Of a group. Of a 1:1 or own conversation `role` is 0. A former member keeps what was until `until_seq`, also the group's name. */
const MEMBER = `
  CREATE TABLE member (
    user INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    delivered_seq INTEGER NOT NULL DEFAULT 0,
    read_seq INTEGER NOT NULL DEFAULT 0,
    role INTEGER NOT NULL DEFAULT 0,
    from_seq INTEGER NOT NULL DEFAULT 0,
    cleared_seq INTEGER NOT NULL DEFAULT 0,
    until_seq INTEGER,
    until_message INTEGER,
    until_name TEXT,
    joined_at INTEGER NOT NULL DEFAULT 0,
    muted_until INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user, conversation)
  ) WITHOUT ROWID;
`

/** What belongs to messages and users besides the log itself: all of it follows from the entries, in the same transaction. */
const STATE = `
  CREATE INDEX member_of_group ON member (conversation, user, role, until_seq, from_seq, delivered_seq, read_seq)
    WHERE role > 0 AND until_seq IS NULL;
  CREATE TABLE grp (
    conversation INTEGER PRIMARY KEY,
    profile BLOB NOT NULL,
    owner INTEGER NOT NULL,
    member_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    muted_until INTEGER NOT NULL DEFAULT 0,
    dissolved INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE aftermath (message INTEGER PRIMARY KEY, entry INTEGER NOT NULL, at INTEGER NOT NULL, recalled_by INTEGER);
  CREATE TABLE edit (message INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (message, entry)) WITHOUT ROWID;
  CREATE TABLE reaction (
    message INTEGER NOT NULL,
    key TEXT NOT NULL,
    user INTEGER NOT NULL,
    PRIMARY KEY (message, key, user)
  ) WITHOUT ROWID;
  CREATE TABLE pin (conversation INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (conversation, seq)) WITHOUT ROWID;
  CREATE TABLE mention (
    user INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (user, conversation, seq)
  ) WITHOUT ROWID;
  CREATE TABLE thread (
    conversation INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (conversation, thread, seq)
  ) WITHOUT ROWID;
  CREATE TABLE expiry (at INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (at, message)) WITHOUT ROWID;
  CREATE TABLE scheduled (
    id INTEGER PRIMARY KEY,
    sender INTEGER NOT NULL,
    client_message_id TEXT NOT NULL,
    send_at INTEGER NOT NULL,
    send BLOB NOT NULL,
    UNIQUE (sender, client_message_id)
  );
  CREATE INDEX scheduled_by_time ON scheduled (send_at);
  CREATE TABLE preference (
    user INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    draft TEXT NOT NULL DEFAULT '',
    muted_until INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    archived INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user, conversation)
  ) WITHOUT ROWID;
  CREATE TABLE block (user INTEGER NOT NULL, blocked INTEGER NOT NULL, PRIMARY KEY (user, blocked)) WITHOUT ROWID;
  CREATE TABLE contact (
    conversation INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    asked_by INTEGER NOT NULL
  );
  CREATE TABLE status (
    user INTEGER PRIMARY KEY,
    text TEXT NOT NULL DEFAULT '',
    audience INTEGER NOT NULL DEFAULT 0,
    last_seen INTEGER NOT NULL DEFAULT 0
  );
  CREATE VIRTUAL TABLE search USING fts5 (words, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_@'");
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
  ${MEMBER}
  ${MESSAGE}
  ${MESSAGE_INDEXES}
  ${STATE}
`

/** Copies the messages, with what the former table has of them: 4 s for each million. */
const copyMessages = (columns: string): string => `
  ALTER TABLE message RENAME TO former;
  ${MESSAGE}
  INSERT INTO message (previous, id, conversation, seq, sender, client_message_id, sent_at, content_type, content, ${columns})
    SELECT ifnull((SELECT p.id FROM former p WHERE p.conversation = f.conversation AND p.seq = f.seq - 1), 0),
      id, conversation, seq, sender, client_message_id, sent_at, content_type, content, ${columns} FROM former f;
  DROP TABLE former;
  ${MESSAGE_INDEXES}
`

/** From version 1, which had no epochs, digests or expiry of keys. */
const FROM_VERSION_1 = `
  ALTER TABLE conversation ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
  UPDATE conversation SET epoch = 1 + abs(random() % 9007199254740990);
  ALTER TABLE message ADD COLUMN keyed INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE message ADD COLUMN digest INTEGER NOT NULL DEFAULT 0;
`

/** From version 2, which had 1:1 conversations and plain messages only. */
const FROM_VERSION_2 = `
  ALTER TABLE member ADD COLUMN role INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE member ADD COLUMN from_seq INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE member ADD COLUMN cleared_seq INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE member ADD COLUMN until_seq INTEGER;
  ALTER TABLE member ADD COLUMN until_message INTEGER;
  ALTER TABLE member ADD COLUMN until_name TEXT;
  ALTER TABLE member ADD COLUMN joined_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE member ADD COLUMN muted_until INTEGER NOT NULL DEFAULT 0;
  ${STATE}
`

const TO_VERSION_3 = copyMessages('keyed, digest') + FROM_VERSION_2
/** These had an index of all places, and 3 looked for keys by their sender. */
const FROM_VERSIONS_3_AND_4 = copyMessages('keyed, digest, flags, details, change')

/** What version 6 has besides. A new file takes this step as well, so that it is written once. */
const FROM_VERSION_5 = `
  CREATE INDEX member_left ON member (conversation, until_message) WHERE until_seq IS NOT NULL;
  CREATE TABLE online (user INTEGER PRIMARY KEY);
  CREATE INDEX block_by_blocked ON block (blocked, user);
  ALTER TABLE scheduled ADD COLUMN due_at INTEGER;
  UPDATE scheduled SET due_at = send_at;
  ALTER TABLE scheduled ADD COLUMN refusal TEXT NOT NULL DEFAULT '';
  ALTER TABLE scheduled ADD COLUMN refusal_message TEXT NOT NULL DEFAULT '';
  ALTER TABLE scheduled ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
  DROP INDEX scheduled_by_time;
  CREATE INDEX scheduled_due ON scheduled (due_at) WHERE due_at IS NOT NULL;
  ALTER TABLE status ADD COLUMN added_by INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE allowance (
    user INTEGER PRIMARY KEY,
    groups INTEGER NOT NULL DEFAULT 0,
    day INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    adds INTEGER NOT NULL DEFAULT 0
  );
  INSERT INTO allowance (user, groups) SELECT user, count(*) FROM member WHERE role > 0 AND until_seq IS NULL GROUP BY user;
  CREATE TABLE group_ban (
    conversation INTEGER NOT NULL,
    user INTEGER NOT NULL,
    banned_by INTEGER NOT NULL,
    banned_at INTEGER NOT NULL,
    PRIMARY KEY (conversation, user)
  ) WITHOUT ROWID;
  UPDATE OR REPLACE reaction SET key = reaction_key(key) WHERE key <> reaction_key(key);
  CREATE TABLE reaction_count (message INTEGER NOT NULL, key TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (message, key)) WITHOUT ROWID;
  INSERT INTO reaction_count SELECT message, key, count(*) FROM reaction GROUP BY message, key;
`

/** By the version of the file. */
const STEPS: Record<number, string> = {
  0: SCHEMA + FROM_VERSION_5,
  1: FROM_VERSION_1 + TO_VERSION_3 + FROM_VERSION_5,
  2: TO_VERSION_3 + FROM_VERSION_5,
  3: FROM_VERSIONS_3_AND_4 + FROM_VERSION_5,
  4: FROM_VERSIONS_3_AND_4 + FROM_VERSION_5,
  5: FROM_VERSION_5,
}
const VERSION = 6

/** Brings a database file to the current schema. Throws on a file of a newer Hawser. */
export function migrate(database: DatabaseSync): void {
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1500; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768',
  )
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > VERSION) throw new Error(`the log has schema version ${version}, this Hawser knows up to ${VERSION}`)
  if (version === VERSION) return
  // M3: what one reaction was kept under several keys becomes one.
  database.function('reaction_key', { deterministic: true }, (key) => reactionKey(String(key)))
  database.exec(`BEGIN; ${STEPS[version]} PRAGMA user_version = ${VERSION}; COMMIT`)
}
