import { RequestError } from '../../../shared/errors.ts'
import type { Change } from '../../../shared/gen/hawser.ts'
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
type Bodies = { readonly [K in keyof Change]-?: NonNullable<Change[K]> }
type Kind = keyof Bodies
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

const KINDS = Object.keys(RULES) as Kind[]

/** What follows from a change. Throws RequestError where the rules refuse it. */
export function changeEffects(given: Given, entry: Entry, change: Change): Effect[] {
  const [kind, ...more] = KINDS.filter((field) => change[field] !== undefined)
  if (kind === undefined || more.length > 0) {
    throw new RequestError('field_invalid', '"change" has not exactly one field.', { field: 'change' })
  }
  return effectsOf(kind, change[kind], { given, entry })
}

function effectsOf<K extends Kind>(kind: K, body: Bodies[K] | undefined, { given, entry }: { given: Given; entry: Entry }): Effect[] {
  return body === undefined ? [] : RULES[kind](given, entry, body)
}
