import { expect, test } from 'vitest'
import { decodeOutcomes, encodeOutcomes, type StoredOutcome } from '../../tcp-core/log/append-batch.ts'
import { type Follows, followsFrom, NOTHING } from '../../tcp-core/log/rules/follows.ts'
import { type Ask, asked } from './asking.ts'
import { changeOf, KINDS } from './changes.ts'
import { GROUP, handFacts, NOW, type Scene } from './hand-facts.ts'

function follows(ask: Ask, scene: Scene = {}): Follows | undefined {
  const decision = asked(handFacts(scene), ask)
  if (decision.kind !== 'store') throw new Error(`not stored: ${decision.kind}`)
  return followsFrom(decision.effects)
}

const SEQ = 11
const hidden: Scene = { settings: { hideHistory: true, open: true } }
const details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: NOW + 7 }

/** Only what is different from nothing. */
const CASES: [string, Ask, Scene, Partial<Follows> | undefined][] = [
  ['a group is made', { by: 'mia', conversationId: 'group/new', change: changeOf('create') }, {}, { came: ['mia', 'sam'] }],
  ['somebody is added', { by: 'mia', conversationId: GROUP, change: changeOf('add') }, {}, { came: ['newcomer'] }],
  [
    'of those added one is a member already',
    { by: 'mia', conversationId: GROUP, change: { add: { users: ['noa', 'sam', 'fred'] } } },
    {},
    { came: ['sam', 'fred'] },
  ],
  [
    'the past is hidden from who is added',
    { by: 'mia', conversationId: GROUP, change: changeOf('add') },
    hidden,
    { came: ['newcomer'], fromSeq: SEQ - 1 },
  ],
  ['somebody joins', { by: 'sam', conversationId: GROUP, change: changeOf('join') }, hidden, { came: ['sam'], fromSeq: SEQ - 1 }],
  ['somebody leaves', { by: 'mia', conversationId: GROUP, change: changeOf('leave') }, {}, { went: ['mia'] }],
  ['somebody is removed', { by: 'olga', conversationId: GROUP, change: changeOf('remove') }, {}, { went: ['noa'] }],
  [
    'of those kept out one was in',
    { by: 'olga', conversationId: GROUP, change: { ban: { users: ['sam', 'noa'], removed: false } } },
    {},
    { went: ['noa'] },
  ],
  [
    'nobody who is kept out was in',
    { by: 'olga', conversationId: GROUP, change: { ban: { users: ['sam'], removed: false } } },
    {},
    undefined,
  ],
  ['one is kept out no more', { by: 'olga', conversationId: GROUP, change: { ban: { users: ['bob'], removed: true } } }, {}, undefined],
  ['a group is dissolved', { by: 'olga', conversationId: GROUP, change: changeOf('dissolve') }, {}, { dissolved: true }],
  ['its owner leaves it then', { by: 'olga', conversationId: GROUP, change: changeOf('leave') }, { dissolved: true }, { went: ['olga'] }],
  ['a message is taken back', { by: 'mia', conversationId: GROUP, change: changeOf('recall') }, {}, { gone: [3] }],
  ['a message is to disappear', { by: 'mia', conversationId: GROUP, details }, {}, { alarmAt: NOW + 7 }],
  ['a time is moved, and is over', { by: 'mia', conversationId: 'own/mia', change: changeOf('reschedule') }, {}, { alarmAt: NOW }],
  ['a plain message', { by: 'mia', conversationId: GROUP }, {}, undefined],
  ['a message whose time has come', { by: 'mia', conversationId: GROUP, due: true }, {}, undefined],
]

test.each(CASES)('%s', (_, ask, scene, expected) => {
  expect(follows(ask, scene)).toEqual(expected && { ...NOTHING, ...expected })
})

test('from other changes nothing follows', () => {
  const others = ['update', 'role', 'transfer', 'mute', 'pin', 'react'] as const
  expect(others.map((kind) => follows({ by: 'olga', conversationId: GROUP, change: changeOf(kind) }))).toEqual(others.map(() => undefined))
  const own = ['preference', 'block', 'status', 'unschedule'] as const
  expect(own.map((kind) => follows({ by: 'mia', conversationId: 'own/mia', change: changeOf(kind) }))).toEqual(own.map(() => undefined))
  expect(follows({ by: 'mia', conversationId: GROUP, change: changeOf('edit') })).toBeUndefined()
  expect(follows({ by: 'mia', conversationId: 'dm/mia/sam', change: changeOf('contact') })).toBeUndefined()
  expect(KINDS).toHaveLength(22)
})

test('what follows comes to the event loop as the storage thread has said it', () => {
  const place = { seq: 5, messageId: 'log-5', sentAt: NOW, digest: 77 }
  const all: Follows = { came: ['a', 'ü'], fromSeq: 4, went: ['b'], gone: [1, 300], dissolved: true, alarmAt: NOW + 1 }
  const outcomes: StoredOutcome[] = [
    { kind: 'stored', follows: undefined, ...place },
    { kind: 'stored', follows: all, ...place },
    { kind: 'duplicate', ...place },
    { kind: 'stored', follows: NOTHING, ...place },
  ]
  expect(decodeOutcomes(encodeOutcomes(outcomes))).toEqual(outcomes)
})
