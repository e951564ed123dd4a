import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { readGroupCreate, writeGroupCreate } from '../../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../../shared/protobuf-writer.ts'
import { LruCache } from '../../limits/lru-cache.ts'
import type { GroupRow, GroupRows } from '../reads/rows.ts'

const CACHED_GROUPS = 10_000
const writer = new ProtobufWriter()

/** The groups' own rows; their members are in MemberTable. */
export class GroupTable implements GroupRows {
  readonly #cache: LruCache<number, GroupRow>
  readonly #find: StatementSync
  readonly #put: StatementSync

  constructor(database: DatabaseSync, cached = true) {
    this.#cache = new LruCache(cached ? CACHED_GROUPS : 0)
    this.#find = database.prepare('SELECT profile, owner, member_count, created_at, muted_until, dissolved FROM grp WHERE conversation = ?')
    this.#put = database.prepare(
      `INSERT INTO grp (conversation, profile, owner, member_count, created_at, muted_until, dissolved) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (conversation) DO UPDATE SET profile = excluded.profile, owner = excluded.owner, member_count = excluded.member_count,
         muted_until = excluded.muted_until, dissolved = excluded.dissolved`,
    )
  }

  find(conversation: number): GroupRow | undefined {
    const cached = this.#cache.get(conversation)
    if (cached) return cached
    const row = this.#find.get(conversation) as
      | { profile: Uint8Array; owner: number; member_count: number; created_at: number; muted_until: number; dissolved: number }
      | undefined
    if (!row) return undefined
    const group: GroupRow = {
      profile: readGroupCreate(new ProtobufReader(row.profile)),
      owner: row.owner,
      memberCount: row.member_count,
      createdAt: row.created_at,
      mutedUntil: row.muted_until,
      dissolved: row.dissolved === 1,
    }
    this.#cache.set(conversation, group)
    return group
  }

  put(conversation: number, group: GroupRow): void {
    writer.reset()
    writeGroupCreate(writer, { ...group.profile, members: [] })
    const { owner, memberCount, createdAt, mutedUntil, dissolved } = group
    this.#put.run(conversation, writer.finishAlone(), owner, memberCount, createdAt, mutedUntil, dissolved ? 1 : 0)
    this.#cache.set(conversation, group)
  }

  /** The cache holds what a transaction has done so far. */
  forget(): void {
    this.#cache.clear()
  }
}
