import type { DatabaseSync } from 'node:sqlite'
import type { LogRows } from '../reads/rows.ts'
import { SqliteConversationRows } from './conversation-rows.ts'
import { SqliteEntryRows } from './entry-rows.ts'
import { ScheduledTable } from './scheduled-table.ts'
import { SearchIndex } from './search-index.ts'
import type { Tables } from './tables.ts'
import { SqliteUnreadRows } from './unread-rows.ts'

/** The rows of the log's file, for whoever reads it. */
export function sqliteRows(database: DatabaseSync, tables: Tables): LogRows {
  const { names, members, groups, bans, messages, relations, preferences } = tables
  return {
    users: names,
    conversations: new SqliteConversationRows(database),
    entries: new SqliteEntryRows(database),
    messages,
    unread: new SqliteUnreadRows(database),
    members,
    groups,
    bans,
    relations,
    preferences,
    scheduled: new ScheduledTable(database),
    words: new SearchIndex(database),
  }
}
