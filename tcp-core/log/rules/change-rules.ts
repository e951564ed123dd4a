import { RequestError } from '../../../shared/errors.ts'
import { type Change, type ChangeCase, changeCase } from '../../../shared/gen/hawser.ts'
import type { Effect } from './effects.ts'
import type { Entry, Given } from './entry.ts'
import { create, dissolve, update } from './group-rules.ts'
import { add, ban, join, leave, remove } from './member-rules.ts'
import { edit, recall } from './message-rules.ts'
import { block, contact, preference, status } from './personal-rules.ts'
import { pin, react } from './reaction-rules.ts'
import { mute, role, transfer } from './role-rules.ts'
import { reschedule, unschedule, unsent } from './scheduling-rules.ts'

/** Each kind of change with its body. */
type Bodies = { readonly [C in ChangeCase as C['kind']]: C['body'] }
type Kind = keyof Bodies
type Case<K extends Kind> = { [L in K]: { readonly kind: L; readonly body: Bodies[L] } }[K]
type Rules = { readonly [K in Kind]: (given: Given, entry: Entry, body: Bodies[K]) => Effect[] }

/** The rule of each kind of change: the compiler misses none. */
const RULES: Rules = {
  create,
  update,
  add,
  join,
  leave,
  remove,
  ban,
  role,
  transfer,
  mute,
  dissolve,
  edit,
  recall,
  react,
  pin,
  contact,
  preference,
  block,
  status: (_, entry, body) => status(entry, body),
  unschedule,
  reschedule,
  unsent: (_, entry, body) => unsent(entry, body),
}

/** What follows from a change. Throws RequestError where the rules refuse it. */
export function changeEffects(given: Given, entry: Entry, change: Change): Effect[] {
  const done = changeCase(change)
  if (!done) throw new RequestError('field_invalid', '"change" has not exactly one field.', { field: 'change' })
  return effectsOf(done, given, entry)
}

function effectsOf<K extends Kind>({ kind, body }: Case<K>, given: Given, entry: Entry): Effect[] {
  return RULES[kind](given, entry, body)
}
