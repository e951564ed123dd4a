import { expect, test } from 'vitest'
import { directConversationId, ownConversationId } from '../../shared/conversation-id.ts'
import { type Change, ContactStep, Role } from '../../shared/gen/hawser.ts'
import { exits, type Way } from './model/exits.ts'
import { LogUnderTest, STORES } from './model/log-under-test.ts'
import { Model, type Request } from './model/model.ts'
import { PROFILE } from './scene.ts'

const GROUP = 'group/g'
const USERS = ['ann', 'bob', 'cat', 'dan']
const START = 1_000_000
const LONG = START + 50_000

const inGroup = (by: string, change: Change): Way => ({ by, conversationId: GROUP, change })
const own = (by: string, change: Change): Way => ({ by, conversationId: ownConversationId(by), change })
const between = (by: string, other: string, change: Change): Way => ({ by, conversationId: directConversationId(by, other), change })
const contact = (step: ContactStep): Change => ({ contact: { step, note: '' } })

/** ann owns the group, bob is an admin, cat a member, and dan comes later; each has said something, and cat and bob have talked. */
const SCENE: readonly (Way | { by: string; conversationId: string })[] = [
  inGroup('ann', { create: { ...PROFILE, members: ['bob', 'cat'] } }),
  inGroup('ann', { role: { user: 'bob', role: Role.ADMIN } }),
  ...['ann', 'bob', 'cat'].map((by) => ({ by, conversationId: GROUP })),
  { by: 'cat', conversationId: directConversationId('bob', 'cat') },
]

const CHANGES: readonly Way[] = [
  inGroup('cat', { add: { users: ['dan'] } }),
  inGroup('cat', { leave: {} }),
  inGroup('bob', { leave: {} }),
  inGroup('bob', { remove: { users: ['cat'] } }),
  inGroup('ann', { remove: { users: ['bob'] } }),
  inGroup('ann', { role: { user: 'cat', role: Role.ADMIN } }),
  inGroup('ann', { role: { user: 'bob', role: Role.MEMBER } }),
  inGroup('ann', { transfer: { user: 'bob' } }),
  inGroup('ann', { transfer: { user: 'cat' } }),
  inGroup('ann', { mute: { users: ['bob'], until: LONG } }),
  inGroup('bob', { mute: { users: ['cat'], until: LONG } }),
  inGroup('ann', { mute: { users: [], until: LONG } }),
  inGroup('ann', { dissolve: {} }),
  inGroup('cat', { react: { seq: 3, key: '+', removed: false } }),
  inGroup('bob', { pin: { seq: 5, removed: false } }),
  inGroup('ann', { recall: { seq: 5 } }),
  own('bob', { block: { user: 'cat', removed: false } }),
  own('cat', { block: { user: 'bob', removed: false } }),
  between('cat', 'bob', contact(ContactStep.REQUEST)),
  between('bob', 'cat', contact(ContactStep.ACCEPT)),
  between('bob', 'cat', { react: { seq: 1, key: '+', removed: false } }),
  between('bob', 'cat', { pin: { seq: 1, removed: false } }),
]

/** What is done one after the other. */
function requests(ways: readonly (Way | { by: string; conversationId: string })[]): Request[] {
  return ways.map((way, i) => ({ content: 'change' in way ? '' : 'text', ...way, clientMessageId: `${i}`, at: START + i }))
}

function after(all: readonly Request[]): { model: Model; refused: boolean } {
  const model = new Model()
  let refused = false
  for (const request of all) refused = 'refused' in model.apply(request)
  return { model, refused }
}

/** The states that nobody can leave, after these. */
function deadEnds(ways: readonly Way[]): string[] {
  const before = [...SCENE, ...ways]
  const { model } = after(requests(before))
  return exits(model, USERS, START)
    .filter(({ ways }) => !ways.some((way) => !after(requests([...before, way])).refused))
    .map(({ from }) => from)
}

test('no two changes make a state that nobody can leave', () => {
  const found = CHANGES.flatMap((one) => CHANGES.flatMap((other) => deadEnds([one, other]).map((from) => ({ one, other, from }))))
  expect(found).toEqual([])
})

test.each(STORES)('what the model says of two changes is what the log says: %s', (store) => {
  for (const one of CHANGES) {
    for (const other of CHANGES) {
      const log = new LogUnderTest(store, () => START)
      const model = new Model()
      for (const request of requests([...SCENE, one, other])) {
        const outcome = model.apply(request)
        const [stored] = log.append([request])
        expect(stored?.kind === 'refused' ? stored.code : 'stored', JSON.stringify([one, other])).toBe(
          'refused' in outcome ? outcome.refused : 'stored',
        )
      }
      log.close()
    }
  }
})
