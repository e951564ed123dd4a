import type { DatabaseSync } from 'node:sqlite'
import { AllowanceTable } from './allowance-table.ts'
import { BanTable } from './ban-table.ts'
import { GroupTable } from './group-table.ts'
import { MemberTable } from './member-table.ts'
import { MessageTable } from './message-table.ts'
import { NameTables } from './name-tables.ts'
import { PreferenceTable } from './preference-table.ts'
import { RelationTable } from './relation-table.ts'

/** What the log keeps besides its entries. All of it follows from them, and changes with them in one transaction. */
export class Tables {
  readonly names: NameTables
  readonly members: MemberTable
  readonly groups: GroupTable
  readonly bans: BanTable
  readonly allowances: AllowanceTable
  readonly messages: MessageTable
  readonly relations: RelationTable
  readonly preferences: PreferenceTable

  /** Only the one who writes may keep rows: nobody else would learn that they have changed. */
  constructor(database: DatabaseSync, { cached }: { cached: boolean } = { cached: true }) {
    this.names = new NameTables(database, cached)
    this.members = new MemberTable(database)
    this.allowances = new AllowanceTable(database)
    this.bans = new BanTable(database)
    this.groups = new GroupTable(database, cached)
    this.messages = new MessageTable(database)
    this.relations = new RelationTable(database, cached)
    this.preferences = new PreferenceTable(database)
  }

  /** The caches hold what a transaction has done so far, so when it fails they are emptied. That somebody may have blocked somebody stays: it costs a look. */
  forget(): void {
    this.names.forget()
    this.groups.forget()
  }
}
