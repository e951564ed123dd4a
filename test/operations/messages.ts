import { expect } from 'vitest'
import { type Change, Role } from '../../shared/gen/hawser.ts'
import { change, type Operation, type Refusal } from './operation.ts'
import type { Name, Scene } from './scene.ts'
import { OLD_SEQ } from './stage.ts'
import { text } from './suite.ts'

const ALL = ['owner', 'admin', 'member'] as const
const FAR = Date.parse('2100-01-01')
/** The create, the role and the leave of each scene come before. */
const FIRST = 4

const saysFirst = (by: Name) => (scene: Scene) => scene.says(by, 'first')
const edit = (seq: number, content = 'edited', contentType = 'text/plain'): Change => ({
  edit: { seq, contentType, content: Buffer.from(content) },
})
const react = (seq: number, key = '+', removed = false): Change => ({ react: { seq, key, removed } })
const pin = (seq: number, removed = false): Change => ({ pin: { seq, removed } })
const recall = (seq: number): Change => ({ recall: { seq } })
const dissolvedAfter =
  (by: Name, ...changes: Change[]) =>
  async (scene: Scene) => {
    await scene.says(by, 'first')
    for (const what of changes) await scene.does(by, what)
    await scene.does('owner', { dissolve: {} })
  }

/** M4: refused to strangers, and for what is not there for the user. */
function targets(by: Name, what: (seq: number) => Change): Refusal[] {
  const attempt =
    (name: Name, seq = FIRST) =>
    (scene: Scene) =>
      change(scene, name, what(seq))
  const unknown = { code: 'message_unknown', field: 'seq' } as const
  return [
    {
      when: 'an outsider asks',
      before: saysFirst(by),
      attempt: attempt('outsider'),
      code: 'conversation_unknown',
      field: 'conversation_id',
    },
    {
      when: 'a former member asks',
      before: saysFirst(by),
      attempt: attempt('former'),
      code: 'conversation_unknown',
      field: 'conversation_id',
    },
    { when: 'there is no such message', attempt: attempt(by, 99), ...unknown },
    { when: 'the entry is no message', attempt: attempt(by, 1), ...unknown },
    {
      when: 'it was taken back',
      before: async (scene) => {
        await scene.says(by, 'first')
        await scene.does(by, recall(FIRST))
      },
      attempt: attempt(by),
      ...unknown,
    },
    {
      when: 'it is of before the time of who asks',
      before: async (scene) => {
        await scene.says('member', 'first')
        await scene.settings({ hideHistory: true, pin: Role.MEMBER })
        await scene.does('member', { leave: {} })
        await scene.does('owner', { add: { users: [scene.user('member')] } })
      },
      attempt: attempt('member'),
      ...unknown,
    },
  ]
}

/** What is done to messages after they were sent (M1 to M4). */
export const MESSAGES: readonly Operation[] = [
  {
    name: 'SEND `edit`',
    who: 'the sender of the message, for a time, who may still send there',
    logs: '`edit`',
    works: [
      {
        when: 'the message has its new content',
        before: saysFirst('member'),
        attempt: (scene) => change(scene, 'member', edit(FIRST)),
        heardBy: ALL,
        async shows(scene) {
          const message = await scene.message('owner', FIRST)
          expect(text(message?.content)).toBe('edited')
          expect(message?.aftermath?.editedAt).toBeGreaterThan(0)
        },
      },
      {
        when: 'it mentions another, and the one mentioned before no more',
        before: (scene) => scene.says('owner', 'first', { details: { mentions: [scene.user('admin')], replyTo: 1 } }),
        attempt: (scene) => {
          const details = { mentions: [scene.user('member')], mentionAll: false, attributes: [{ key: 'k', value: 'v' }] }
          return change(scene, 'owner', { edit: { seq: FIRST, contentType: 'text/plain', content: Buffer.from('@member'), details } })
        },
        heardBy: ALL,
        async shows(scene) {
          const details = { replyTo: 1, mentions: [scene.user('member')], attributes: [{ key: 'k', value: 'v' }] }
          expect((await scene.message('admin', FIRST))?.details).toMatchObject(details)
          expect([(await scene.summary('admin'))?.mentions, (await scene.summary('member'))?.mentions]).toEqual([0, 1])
        },
      },
      {
        when: 'an edit that says nothing of mentions leaves them',
        before: (scene) => scene.says('owner', 'first', { details: { mentions: [scene.user('admin')] } }),
        attempt: (scene) => change(scene, 'owner', edit(FIRST)),
        heardBy: ALL,
        shows: async (scene) => expect((await scene.summary('admin'))?.mentions).toBe(1),
      },
    ],
    refused: [
      {
        when: 'a member mentions all by it',
        before: saysFirst('member'),
        attempt: (scene) => {
          const details = { mentions: [], mentionAll: true, attributes: [] }
          return change(scene, 'member', { edit: { seq: FIRST, contentType: 'text/plain', content: Buffer.from('x'), details } })
        },
        code: 'forbidden',
      },
      ...targets('member', (seq) => edit(seq)),
      {
        when: "it is another's message",
        before: saysFirst('member'),
        attempt: (scene) => change(scene, 'owner', edit(FIRST)),
        code: 'forbidden',
      },
      {
        when: 'the time is over',
        before: (scene) => scene.stage.old(),
        attempt: (scene) => change(scene, 'member', edit(OLD_SEQ), scene.stage.oldGroup),
        code: 'too_late',
        field: 'seq',
      },
      {
        when: 'who asks is muted',
        before: async (scene) => {
          await scene.says('member', 'first')
          await scene.does('owner', { mute: { users: [scene.user('member')], until: FAR } })
        },
        attempt: (scene) => change(scene, 'member', edit(FIRST)),
        code: 'muted',
      },
      {
        when: 'the other of the two has blocked who asks',
        before: blockedAfter,
        attempt: (scene) => change(scene, 'outsider', edit(1), scene.direct('outsider', 'former')),
        code: 'blocked',
      },
      {
        when: 'its content type is too long',
        before: saysFirst('member'),
        attempt: (scene) => change(scene, 'member', edit(FIRST, 'x', 'x'.repeat(129))),
        code: 'field_invalid',
        field: 'content_type',
      },
      {
        when: 'the content is too large',
        before: saysFirst('member'),
        attempt: (scene) => change(scene, 'member', edit(FIRST, 'x'.repeat(65_537))),
        code: 'content_too_large',
        field: 'content',
      },
    ],
  },
  {
    name: 'SEND `recall`',
    who: 'the sender of the message, for a time; in a group also ADMIN, or who `settings.recall_others` says: of members of a lower role',
    logs: '`recall`, and the content is gone',
    works: [
      {
        when: 'its sender takes it back, and its edits with it',
        before: async (scene) => {
          await scene.says('member', 'first')
          await scene.does('member', edit(FIRST))
        },
        attempt: (scene) => change(scene, 'member', recall(FIRST)),
        heardBy: ALL,
        async shows(scene) {
          const { messages } = await scene.page('owner', scene.group, FIRST - 1)
          expect(messages.map(({ content, change }) => text(content) + text(change?.edit?.content))).toEqual(['', '', ''])
          expect(messages[0]?.aftermath).toMatchObject({ recalledBy: scene.user('member') })
        },
      },
      {
        when: "an admin takes back a member's",
        before: saysFirst('member'),
        attempt: (scene) => change(scene, 'admin', recall(FIRST)),
        heardBy: ALL,
        shows: async (scene) => expect((await scene.message('member', FIRST))?.aftermath?.recalledBy).toBe(scene.user('admin')),
      },
      {
        when: 'the group is dissolved',
        before: dissolvedAfter('member'),
        attempt: (scene) => change(scene, 'member', recall(FIRST)),
        heardBy: ALL,
        shows: async (scene) => expect((await scene.message('owner', FIRST))?.aftermath?.recalledBy).toBe(scene.user('member')),
      },
    ],
    refused: [
      ...targets('member', recall),
      {
        when: 'the time is over',
        before: (scene) => scene.stage.old(),
        attempt: (scene) => change(scene, 'member', recall(OLD_SEQ), scene.stage.oldGroup),
        code: 'too_late',
        field: 'seq',
      },
      {
        when: "a member takes back another's",
        before: saysFirst('owner'),
        attempt: (scene) => change(scene, 'member', recall(FIRST)),
        code: 'forbidden',
      },
      {
        when: 'the other has as high a role',
        before: saysFirst('owner'),
        attempt: (scene) => change(scene, 'admin', recall(FIRST)),
        code: 'forbidden',
      },
    ],
  },
  {
    name: 'SEND `react`',
    who: 'whoever sees the message; in a 1:1 conversation who may send there; what is his own anybody takes away',
    logs: '`react`',
    works: [
      {
        when: 'the reaction is counted',
        before: saysFirst('owner'),
        attempt: (scene) => change(scene, 'member', react(FIRST)),
        heardBy: ALL,
        async shows(scene) {
          expect((await scene.message('member', FIRST))?.aftermath?.reactions).toEqual([{ key: '+', count: 1, own: true }])
          expect((await scene.message('owner', FIRST))?.aftermath?.reactions).toEqual([{ key: '+', count: 1, own: false }])
        },
      },
      {
        when: 'it is taken away',
        before: async (scene) => {
          await scene.says('owner', 'first')
          await scene.does('member', react(FIRST))
        },
        attempt: (scene) => change(scene, 'member', react(FIRST, '+', true)),
        heardBy: ALL,
        shows: async (scene) => expect((await scene.message('member', FIRST))?.aftermath?.reactions).toEqual([]),
      },
      {
        when: 'it is taken away in a dissolved group',
        before: dissolvedAfter('member', react(FIRST)),
        attempt: (scene) => change(scene, 'member', react(FIRST, '+', true)),
        heardBy: ALL,
        shows: async (scene) => expect((await scene.message('member', FIRST))?.aftermath?.reactions).toEqual([]),
      },
    ],
    refused: [
      ...targets('member', (seq) => react(seq)),
      {
        when: 'it is empty',
        before: saysFirst('owner'),
        attempt: (scene) => change(scene, 'member', react(FIRST, '')),
        code: 'field_invalid',
        field: 'key',
      },
      {
        when: 'it is too long',
        before: saysFirst('owner'),
        attempt: (scene) => change(scene, 'member', react(FIRST, 'x'.repeat(65))),
        code: 'field_invalid',
        field: 'key',
      },
      {
        when: 'it is one that was never there, to take away in a dissolved group',
        before: dissolvedAfter('member'),
        attempt: (scene) => change(scene, 'member', react(FIRST, 'a word', true)),
        code: 'forbidden',
      },
      {
        when: 'there are 50 kinds',
        before: async (scene) => {
          await scene.says('owner', 'first')
          await Promise.all(Array.from({ length: 50 }, (_, i) => scene.does('owner', react(FIRST, `k${i}`))))
        },
        attempt: (scene) => change(scene, 'member', react(FIRST)),
        code: 'limit_reached',
      },
      {
        when: 'the other of the two has blocked who asks',
        before: blockedAfter,
        attempt: (scene) => change(scene, 'outsider', react(1, 'any text'), scene.direct('outsider', 'former')),
        code: 'blocked',
      },
    ],
  },
  {
    name: 'SEND `pin`',
    who: 'ADMIN, or who `settings.pin` says; in a 1:1 conversation both',
    logs: '`pin`',
    works: [
      {
        when: 'the message is pinned for all',
        before: saysFirst('member'),
        attempt: (scene) => change(scene, 'admin', pin(FIRST)),
        heardBy: ALL,
        async shows(scene) {
          const { messages } = await scene.answer('member', { pins: { conversationId: scene.group } })
          expect(messages?.messages.map(({ seq, aftermath }) => [seq, aftermath?.pinned])).toEqual([[FIRST, true]])
        },
      },
      {
        when: 'it is taken away',
        before: async (scene) => {
          await scene.says('member', 'first')
          await scene.does('owner', pin(FIRST))
        },
        attempt: (scene) => change(scene, 'admin', pin(FIRST, true)),
        heardBy: ALL,
        shows: async (scene) =>
          expect((await scene.answer('member', { pins: { conversationId: scene.group } })).messages?.messages).toEqual([]),
      },
    ],
    refused: [
      ...targets('owner', (seq) => pin(seq)),
      { when: 'a member asks', before: saysFirst('member'), attempt: (scene) => change(scene, 'member', pin(FIRST)), code: 'forbidden' },
      {
        when: '100 are pinned',
        before: async (scene) => {
          await Promise.all(Array.from({ length: 101 }, (_, i) => scene.says('owner', `${i}`)))
          await Promise.all(Array.from({ length: 100 }, (_, i) => scene.does('owner', pin(FIRST + i))))
        },
        attempt: (scene) => change(scene, 'owner', pin(FIRST + 100)),
        code: 'limit_reached',
      },
    ],
  },
]

/** The outsider has written, and is blocked since. */
async function blockedAfter(scene: Scene): Promise<void> {
  const conversationId = scene.direct('outsider', 'former')
  await scene.does('former', { block: { user: scene.user('outsider'), removed: true } }, scene.own('former'))
  await scene.says('outsider', 'first', { conversationId })
  await scene.does('former', { block: { user: scene.user('outsider'), removed: false } }, scene.own('former'))
}
