import { RequestError } from '../../../shared/errors.ts'
import type { Change } from '../../../shared/gen/hawser.ts'
import type { LogRules } from '../log-rules.ts'
import type { ScheduledTable } from '../sqlite/scheduled-table.ts'
import type { Tables } from '../sqlite/tables.ts'
import type { Entry } from './entry.ts'
import { GroupChanges } from './group-changes.ts'
import { MessageChanges } from './message-changes.ts'
import { PersonalChanges } from './personal-changes.ts'

/** Takes a change to its rules. */
export class Changes {
  readonly #group: GroupChanges
  readonly #message: MessageChanges
  readonly #personal: PersonalChanges
  readonly #scheduled: ScheduledTable

  constructor(tables: Tables, scheduled: ScheduledTable, rules: LogRules) {
    this.#group = new GroupChanges(tables, rules)
    this.#message = new MessageChanges(tables, rules)
    this.#personal = new PersonalChanges(tables)
    this.#scheduled = scheduled
  }

  /** What follows from the change, in the transaction of its entry. Throws RequestError where the rules refuse it; the caller undoes what was begun. */
  apply(entry: Entry, change: Change): void {
    if (Object.values(change).filter((field) => field !== undefined).length !== 1) {
      throw new RequestError('field_invalid', '"change" has not exactly one field.', { field: 'change' })
    }
    if (change.create) this.#group.create(entry, change.create)
    else if (change.update) this.#group.update(entry, change.update)
    else if (change.add) this.#group.add(entry, change.add)
    else if (change.join) this.#group.join(entry)
    else if (change.leave) this.#group.leave(entry)
    else if (change.remove) this.#group.remove(entry, change.remove)
    else if (change.ban) this.#group.ban(entry, change.ban)
    else if (change.role) this.#group.role(entry, change.role)
    else if (change.transfer) this.#group.transfer(entry, change.transfer)
    else if (change.mute) this.#group.mute(entry, change.mute)
    else if (change.dissolve) this.#group.dissolve(entry)
    else if (change.edit) this.#message.edit(entry, change.edit)
    else if (change.recall) this.#message.recall(entry, change.recall)
    else if (change.react) this.#message.react(entry, change.react)
    else if (change.pin) this.#message.pin(entry, change.pin)
    else if (change.contact) this.#personal.contact(entry, change.contact)
    else if (change.preference) this.#personal.preference(entry, change.preference)
    else if (change.block) this.#personal.block(entry, change.block)
    else if (change.status) this.#personal.status(entry, change.status)
    else if (change.unschedule) this.#scheduled.cancel(entry, change.unschedule)
    else if (change.reschedule) this.#scheduled.reschedule(entry, change.reschedule)
    else if (change.unsent) this.#scheduled.unsent(entry, change.unsent)
  }
}
