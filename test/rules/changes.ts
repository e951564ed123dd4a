import { type Change, ContactStep, Role } from '../../shared/gen/hawser.ts'

type Kind = keyof Change
type Bodies = { readonly [K in Kind]-?: NonNullable<Change[K]> }

/** One of each kind, which the scene of hand-facts.ts can take. */
const BODIES: Bodies = {
  create: { name: 'g', description: '', avatar: '', attributes: [], members: ['sam'] },
  update: { name: 'other', attributes: [] },
  add: { users: ['newcomer'] },
  join: {},
  leave: {},
  remove: { users: ['noa'] },
  ban: { users: ['noa'], removed: false },
  role: { user: 'noa', role: Role.ADMIN },
  transfer: { user: 'noa' },
  mute: { users: ['noa'], until: 5 },
  dissolve: {},
  edit: { seq: 3, contentType: 'text/plain', content: Buffer.from('edited') },
  recall: { seq: 3 },
  react: { seq: 3, key: '+1', removed: false },
  pin: { seq: 3, removed: false },
  contact: { step: ContactStep.REQUEST, note: '' },
  preference: { conversationId: 'group/g', pinned: true },
  block: { user: 'sam', removed: false },
  status: { text: 'away' },
  unschedule: { clientMessageId: 'kept' },
  reschedule: { clientMessageId: 'kept', sendAt: 5 },
  unsent: { conversationId: 'group/g', clientMessageId: 'kept', code: 'blocked', message: '', nextTryAt: 0 },
}

export const KINDS = Object.keys(BODIES) as Kind[]

export const changeOf = (kind: Kind): Change => ({ [kind]: BODIES[kind] })
