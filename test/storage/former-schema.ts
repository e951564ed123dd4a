/** Makes of a log of today one of version 5, which was that of the last release. */
export const OF_VERSION_5 = `
  DROP INDEX member_left;
  DROP TABLE online;
  DROP INDEX block_by_blocked;
  DROP TABLE reaction_count;
  DROP TABLE group_ban;
  DROP TABLE allowance;
  ALTER TABLE status DROP COLUMN added_by;
  DROP INDEX scheduled_due;
  ALTER TABLE scheduled DROP COLUMN due_at;
  ALTER TABLE scheduled DROP COLUMN refusal;
  ALTER TABLE scheduled DROP COLUMN refusal_message;
  ALTER TABLE scheduled DROP COLUMN tries;
  CREATE INDEX scheduled_by_time ON scheduled (send_at);
  PRAGMA user_version = 5;`
