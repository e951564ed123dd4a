import { expect } from 'vitest'
import { type Change, Role } from '../../shared/gen/hawser.ts'
import { change, message, type Operation, type Refusal } from './operation.ts'
import { DEFAULTS, type Name, PROFILE, type Scene } from './scene.ts'
import { text } from './suite.ts'

const FAR = Date.parse('2100-01-01')
const ALL = ['owner', 'admin', 'member'] as const
const LOST = 'a user name with white space'

/** Refused to whoever is not in the group. */
function outsiders(what: (scene: Scene) => Change): Refusal[] {
  const attempt = (name: Name) => (scene: Scene) => change(scene, name, what(scene))
  return [
    { when: 'an outsider asks', attempt: attempt('outsider'), code: 'conversation_unknown', field: 'conversation_id' },
    { when: 'a former member asks', attempt: attempt('former'), code: 'conversation_unknown', field: 'conversation_id' },
  ]
}

/** The same, and to everybody in one that is over. */
function strangers(by: Name, what: (scene: Scene) => Change): Refusal[] {
  const attempt = (name: Name) => (scene: Scene) => change(scene, name, what(scene))
  return [
    ...outsiders(what),
    { when: 'the group is dissolved', before: (scene) => scene.does('owner', { dissolve: {} }), attempt: attempt(by), code: 'forbidden' },
  ]
}

/** What is done to groups and their members (G1 to G8). */
export const GROUPS: readonly Operation[] = [
  {
    name: 'SEND `create`',
    who: 'anybody',
    logs: '`create`',
    works: [
      {
        when: 'the group is there, with its owner and members',
        attempt: (scene) =>
          change(scene, 'owner', { create: { ...PROFILE, name: 'n', members: [scene.user('member')] } }, scene.otherGroup),
        heardBy: ['member'],
        async shows(scene) {
          expect(await scene.members('member', scene.otherGroup)).toEqual({ owner: Role.OWNER, member: Role.MEMBER })
          expect(await scene.summary('member', scene.otherGroup)).toMatchObject({ lastSeq: 1, group: { name: 'n', memberCount: 2 } })
        },
      },
    ],
    refused: [
      {
        when: 'the id is taken',
        attempt: (scene) => change(scene, 'outsider', { create: PROFILE }),
        code: 'conversation_exists',
        field: 'conversation_id',
      },
      {
        when: 'it is no group id',
        attempt: (scene) => change(scene, 'owner', { create: PROFILE }, scene.own('owner')),
        code: 'conversation_exists',
        field: 'conversation_id',
      },
      {
        when: 'a member has blocked who asks',
        before: (scene) => scene.does('outsider', { block: { user: scene.user('admin'), removed: false } }, scene.own('outsider')),
        attempt: (scene) => change(scene, 'admin', { create: { ...PROFILE, members: [scene.user('outsider')] } }, scene.otherGroup),
        code: 'blocked',
        field: 'users',
      },
      {
        when: 'a member has no name',
        attempt: (scene) => change(scene, 'owner', { create: { ...PROFILE, members: [LOST] } }, scene.otherGroup),
        code: 'field_invalid',
        field: 'users',
      },
      {
        when: 'its name is too long',
        attempt: (scene) => change(scene, 'owner', { create: { ...PROFILE, name: 'x'.repeat(257) } }, scene.otherGroup),
        code: 'field_invalid',
        field: 'name',
      },
      {
        when: 'it would have too many members',
        attempt: (scene) => change(scene, 'owner', { create: { ...PROFILE, members: crowd() } }, scene.otherGroup),
        code: 'limit_reached',
      },
    ],
  },
  {
    name: 'SEND `update`',
    who: 'ADMIN, or who `settings.update` says; `settings` OWNER',
    logs: '`update`',
    works: [
      {
        when: 'the group has another name, and what is not given stays',
        before: (scene) => scene.does('admin', { update: { description: 'd', attributes: [{ key: 'k', value: 'v' }] } }),
        attempt: (scene) => change(scene, 'admin', { update: { name: 'new', attributes: [{ key: 'l', value: 'w' }] } }),
        heardBy: ALL,
        async shows(scene) {
          const attributes = [
            { key: 'k', value: 'v' },
            { key: 'l', value: 'w' },
          ]
          expect(await scene.groupOf('member')).toMatchObject({ name: 'new', description: 'd', attributes })
        },
      },
      {
        when: 'the owner says who may do what',
        attempt: (scene) => change(scene, 'owner', { update: { attributes: [], settings: { ...DEFAULTS, send: Role.ADMIN } } }),
        heardBy: ALL,
        shows: async (scene) => expect((await scene.groupOf('member'))?.settings?.send).toBe(Role.ADMIN),
      },
      {
        when: 'a member may where the settings say so',
        before: (scene) => scene.settings({ update: Role.MEMBER }),
        attempt: (scene) => change(scene, 'member', { update: { name: 'mine', attributes: [] } }),
        heardBy: ALL,
        shows: async (scene) => expect((await scene.groupOf('owner'))?.name).toBe('mine'),
      },
    ],
    refused: [
      ...strangers('owner', () => ({ update: { name: 'x', attributes: [] } })),
      { when: 'a member asks', attempt: (scene) => change(scene, 'member', { update: { name: 'x', attributes: [] } }), code: 'forbidden' },
      {
        when: 'an admin changes the settings',
        attempt: (scene) => change(scene, 'admin', { update: { attributes: [], settings: DEFAULTS } }),
        code: 'forbidden',
      },
      {
        when: 'the avatar is too long',
        attempt: (scene) => change(scene, 'owner', { update: { avatar: 'x'.repeat(2049), attributes: [] } }),
        code: 'field_invalid',
        field: 'avatar',
      },
      {
        when: 'there are too many attributes',
        attempt: (scene) =>
          change(scene, 'owner', { update: { attributes: Array.from({ length: 33 }, (_, i) => ({ key: `k${i}`, value: 'v' })) } }),
        code: 'limit_reached',
      },
    ],
  },
  {
    name: 'SEND `add`',
    who: 'MEMBER, or who `settings.invite` says',
    logs: '`add`',
    works: [
      {
        when: 'the new member is in, and sees what was before',
        before: (scene) => scene.says('owner', 'before'),
        attempt: (scene) => change(scene, 'member', { add: { users: [scene.user('outsider')] } }),
        heardBy: [...ALL, 'outsider'],
        async shows(scene) {
          expect(await scene.members('outsider')).toMatchObject({ outsider: Role.MEMBER })
          expect((await scene.page('outsider', scene.group, 0)).messages.map(({ content }) => text(content))).toContain('before')
        },
      },
      {
        when: 'with hidden history the new member sees nothing of before',
        before: async (scene) => {
          await scene.settings({ hideHistory: true })
          await scene.says('owner', 'before')
        },
        attempt: (scene) => change(scene, 'owner', { add: { users: [scene.user('former')] } }),
        heardBy: [...ALL, 'former'],
        async shows(scene) {
          const { messages, lastSeq } = await scene.page('former', scene.group, 0)
          expect(messages.map(({ seq }) => seq)).toEqual([lastSeq])
          expect(await scene.summary('former')).toMatchObject({ beginSeq: lastSeq - 1, unread: 0, left: false })
        },
      },
    ],
    refused: [
      ...strangers('owner', (scene) => ({ add: { users: [scene.user('outsider')] } })),
      {
        when: 'the settings want a higher role',
        before: (scene) => scene.settings({ invite: Role.ADMIN }),
        attempt: (scene) => change(scene, 'member', { add: { users: [scene.user('outsider')] } }),
        code: 'forbidden',
      },
      {
        when: 'all of them are members',
        attempt: (scene) => change(scene, 'owner', { add: { users: [scene.user('member')] } }),
        code: 'field_invalid',
        field: 'users',
      },
      {
        when: 'it names too many',
        attempt: (scene) => change(scene, 'owner', { add: { users: Array.from({ length: 501 }, (_, i) => `u${i}`) } }),
        code: 'body_malformed',
        field: 'users',
      },
      {
        when: 'one of them has blocked who asks',
        before: (scene) => scene.does('former', { block: { user: scene.user('admin'), removed: false } }, scene.own('former')),
        attempt: (scene) => change(scene, 'admin', { add: { users: [scene.user('former')] } }),
        code: 'blocked',
        field: 'users',
      },
      {
        when: 'one of them is kept out',
        before: (scene) => scene.does('owner', { ban: { users: [scene.user('former')], removed: false } }),
        attempt: (scene) => change(scene, 'owner', { add: { users: [scene.user('former')] } }),
        code: 'forbidden',
        field: 'users',
      },
      { when: 'the group is full', attempt: (scene) => change(scene, 'owner', { add: { users: crowd() } }), code: 'limit_reached' },
    ],
  },
  {
    name: 'SEND `join`',
    who: 'anybody, where `settings.open`',
    logs: '`join`',
    works: [
      {
        when: 'whoever joins an open group is a member',
        before: (scene) => scene.settings({ open: true }),
        attempt: (scene) => change(scene, 'outsider', { join: {} }),
        heardBy: [...ALL, 'outsider'],
        shows: async (scene) => expect(await scene.members('outsider')).toMatchObject({ outsider: Role.MEMBER }),
      },
      {
        when: 'a former member comes back',
        before: (scene) => scene.settings({ open: true }),
        attempt: (scene) => change(scene, 'former', { join: {} }),
        heardBy: [...ALL, 'former'],
        shows: async (scene) => expect(await scene.summary('former')).toMatchObject({ left: false }),
      },
    ],
    refused: [
      {
        when: 'the group is not open',
        attempt: (scene) => change(scene, 'outsider', { join: {} }),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      {
        when: 'there is no such group',
        attempt: (scene) => change(scene, 'outsider', { join: {} }, scene.otherGroup),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      { when: 'it is a member who asks', attempt: (scene) => change(scene, 'member', { join: {} }), code: 'forbidden' },
      {
        when: 'the group keeps who asks out',
        before: async (scene) => {
          await scene.settings({ open: true })
          await scene.does('admin', { ban: { users: [scene.user('former')], removed: false } })
        },
        attempt: (scene) => change(scene, 'former', { join: {} }),
        code: 'forbidden',
      },
      {
        when: 'the group is dissolved',
        before: async (scene) => {
          await scene.settings({ open: true })
          await scene.does('owner', { dissolve: {} })
        },
        attempt: (scene) => change(scene, 'outsider', { join: {} }),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
    ],
  },
  {
    name: 'SEND `leave`',
    who: 'any member but OWNER; of a dissolved group also OWNER',
    logs: '`leave`',
    works: [
      {
        when: 'who leaves sees that as the last, and nothing after it',
        attempt: (scene) => change(scene, 'member', { leave: {} }),
        heardBy: ALL,
        async shows(scene) {
          const { lastSeq } = await scene.page('member', scene.group, 0)
          await scene.says('owner', 'after')
          await scene.does('owner', { update: { name: 'renamed', attributes: [] } })
          expect(await scene.summary('member')).toMatchObject({ left: true, lastSeq, unread: 0, group: { name: 'scene', memberCount: 0 } })
          expect((await scene.page('member', scene.group, lastSeq)).messages).toEqual([])
        },
      },
      {
        when: 'the group is dissolved',
        before: (scene) => scene.does('owner', { dissolve: {} }),
        attempt: (scene) => change(scene, 'member', { leave: {} }),
        heardBy: ALL,
        shows: async (scene) => expect(await scene.summary('member')).toMatchObject({ left: true }),
      },
      {
        when: 'the owner of a dissolved group leaves it, too',
        before: (scene) => scene.does('owner', { dissolve: {} }),
        attempt: (scene) => change(scene, 'owner', { leave: {} }),
        heardBy: ALL,
        shows: async (scene) => expect(await scene.groupOf('member')).toMatchObject({ owner: '', memberCount: 2 }),
      },
    ],
    refused: [
      ...outsiders(() => ({ leave: {} })),
      { when: 'it is the owner', attempt: (scene) => change(scene, 'owner', { leave: {} }), code: 'forbidden' },
    ],
  },
  {
    name: 'SEND `remove`',
    who: 'ADMIN, or who `settings.remove` says: members of a lower role',
    logs: '`remove`',
    works: [
      {
        when: 'who is removed hears that, and nothing after it',
        attempt: (scene) => change(scene, 'admin', { remove: { users: [scene.user('member')] } }),
        heardBy: ALL,
        async shows(scene) {
          expect(await scene.members()).toEqual({ owner: Role.OWNER, admin: Role.ADMIN })
          await scene.says('owner', 'after')
          expect(
            (await scene.stage.quiet()).filter(({ sender }) => sender === scene.user('owner')).length,
            'two of admin, one of owner',
          ).toBe(3)
          expect((await scene.summary('member'))?.left).toBe(true)
        },
      },
    ],
    refused: [
      ...strangers('owner', (scene) => ({ remove: { users: [scene.user('member')] } })),
      {
        when: 'a member asks',
        attempt: (scene) => change(scene, 'member', { remove: { users: [scene.user('admin')] } }),
        code: 'forbidden',
      },
      {
        when: 'the other has as high a role',
        attempt: (scene) => change(scene, 'admin', { remove: { users: [scene.user('owner')] } }),
        code: 'forbidden',
      },
      {
        when: 'it is no member',
        attempt: (scene) => change(scene, 'owner', { remove: { users: [scene.user('former')] } }),
        code: 'field_invalid',
        field: 'users',
      },
    ],
  },
  {
    name: 'SEND `ban`',
    who: 'ADMIN, or who `settings.remove` says: members of a lower role, and others',
    logs: '`ban`',
    works: [
      {
        when: 'a member is out, and cannot come again',
        before: (scene) => scene.settings({ open: true }),
        attempt: (scene) => change(scene, 'admin', { ban: { users: [scene.user('member')], removed: false } }),
        heardBy: ALL,
        async shows(scene) {
          expect(await scene.members()).toEqual({ owner: Role.OWNER, admin: Role.ADMIN })
          expect((await scene.summary('member'))?.left).toBe(true)
          const { bans } = await scene.answer('admin', { bans: { conversationId: scene.group, cursor: '', limit: 0 } })
          expect(bans?.bans).toMatchObject([{ userId: scene.user('member'), bannedBy: scene.user('admin') }])
          expect(text((await scene.stage.ask(change(scene, 'member', { join: {} }))).body)).toContain('forbidden')
        },
      },
      {
        when: 'it is lifted',
        before: async (scene) => {
          await scene.settings({ open: true })
          await scene.does('owner', { ban: { users: [scene.user('former')], removed: false } })
        },
        attempt: (scene) => change(scene, 'owner', { ban: { users: [scene.user('former')], removed: true } }),
        heardBy: ALL,
        shows: async (scene) => void (await scene.does('former', { join: {} })),
      },
    ],
    refused: [
      ...strangers('owner', (scene) => ({ ban: { users: [scene.user('member')], removed: false } })),
      {
        when: 'a member asks',
        attempt: (scene) => change(scene, 'member', { ban: { users: [scene.user('outsider')], removed: false } }),
        code: 'forbidden',
      },
      {
        when: 'the other has as high a role',
        attempt: (scene) => change(scene, 'admin', { ban: { users: [scene.user('owner')], removed: false } }),
        code: 'forbidden',
      },
      {
        when: 'it names nobody',
        attempt: (scene) => change(scene, 'owner', { ban: { users: [], removed: false } }),
        code: 'field_invalid',
        field: 'users',
      },
    ],
  },
  {
    name: 'SEND `role`',
    who: 'OWNER',
    logs: '`role`',
    works: [
      {
        when: 'a member becomes an admin',
        attempt: (scene) => change(scene, 'owner', { role: { user: scene.user('member'), role: Role.ADMIN } }),
        heardBy: ALL,
        shows: async (scene) => expect(await scene.members()).toMatchObject({ member: Role.ADMIN }),
      },
    ],
    refused: [
      ...strangers('owner', (scene) => ({ role: { user: scene.user('member'), role: Role.ADMIN } })),
      {
        when: 'an admin asks',
        attempt: (scene) => change(scene, 'admin', { role: { user: scene.user('member'), role: Role.ADMIN } }),
        code: 'forbidden',
      },
      {
        when: 'the role is that of the owner',
        attempt: (scene) => change(scene, 'owner', { role: { user: scene.user('member'), role: Role.OWNER } }),
        code: 'field_invalid',
        field: 'role',
      },
      {
        when: 'it is no member',
        attempt: (scene) => change(scene, 'owner', { role: { user: scene.user('former'), role: Role.ADMIN } }),
        code: 'field_invalid',
        field: 'user',
      },
      {
        when: 'it is the owner himself',
        attempt: (scene) => change(scene, 'owner', { role: { user: scene.user('owner'), role: Role.ADMIN } }),
        code: 'forbidden',
      },
    ],
  },
  {
    name: 'SEND `transfer`',
    who: 'OWNER',
    logs: '`transfer`',
    works: [
      {
        when: 'the other is the owner, and the owner an admin',
        attempt: (scene) => change(scene, 'owner', { transfer: { user: scene.user('member') } }),
        heardBy: ALL,
        async shows(scene) {
          expect(await scene.members()).toEqual({ owner: Role.ADMIN, admin: Role.ADMIN, member: Role.OWNER })
          expect((await scene.groupOf('owner'))?.owner).toBe(scene.user('member'))
        },
      },
      {
        when: 'the other was muted, and is so no more',
        before: (scene) => scene.does('owner', { mute: { users: [scene.user('member')], until: FAR } }),
        attempt: (scene) => change(scene, 'owner', { transfer: { user: scene.user('member') } }),
        heardBy: ALL,
        shows: async (scene) => void (await scene.says('member', 'mine')),
      },
    ],
    refused: [
      ...strangers('owner', (scene) => ({ transfer: { user: scene.user('member') } })),
      {
        when: 'an admin asks',
        attempt: (scene) => change(scene, 'admin', { transfer: { user: scene.user('member') } }),
        code: 'forbidden',
      },
      {
        when: 'it is no member',
        attempt: (scene) => change(scene, 'owner', { transfer: { user: scene.user('outsider') } }),
        code: 'field_invalid',
        field: 'user',
      },
    ],
  },
  {
    name: 'SEND `mute`',
    who: 'ADMIN, or who `settings.mute` says: members of a lower role, or all',
    logs: '`mute`',
    works: [
      {
        when: 'a member is muted',
        attempt: (scene) => change(scene, 'admin', { mute: { users: [scene.user('member')], until: FAR } }),
        heardBy: ALL,
        async shows(scene) {
          expect((await scene.groupOf('member'))?.ownMutedUntil).toBe(FAR)
          const frame = await scene.stage.ask(message(scene, 'member', 'but'))
          expect(text(frame.body)).toContain('muted')
        },
      },
      {
        when: 'all are muted',
        attempt: (scene) => change(scene, 'owner', { mute: { users: [], until: FAR } }),
        heardBy: ALL,
        shows: async (scene) => expect((await scene.groupOf('member'))?.mutedUntil).toBe(FAR),
      },
      {
        when: 'it is lifted',
        before: (scene) => scene.does('owner', { mute: { users: [scene.user('member')], until: FAR } }),
        attempt: (scene) => change(scene, 'owner', { mute: { users: [scene.user('member')], until: 0 } }),
        heardBy: ALL,
        shows: async (scene) => void (await scene.says('member', 'again')),
      },
    ],
    refused: [
      ...strangers('owner', () => ({ mute: { users: [], until: FAR } })),
      { when: 'a member asks', attempt: (scene) => change(scene, 'member', { mute: { users: [], until: FAR } }), code: 'forbidden' },
      {
        when: 'the other has as high a role',
        attempt: (scene) => change(scene, 'admin', { mute: { users: [scene.user('owner')], until: FAR } }),
        code: 'forbidden',
      },
      {
        when: 'it is no member',
        attempt: (scene) => change(scene, 'owner', { mute: { users: [scene.user('former')], until: FAR } }),
        code: 'field_invalid',
        field: 'users',
      },
    ],
  },
  {
    name: 'SEND `dissolve`',
    who: 'OWNER',
    logs: '`dissolve`',
    works: [
      {
        when: 'nobody can send any more, and members keep what was said',
        before: (scene) => scene.says('member', 'kept'),
        attempt: (scene) => change(scene, 'owner', { dissolve: {} }),
        heardBy: ALL,
        async shows(scene) {
          expect(await scene.groupOf('member')).toMatchObject({ dissolved: true })
          expect((await scene.page('member', scene.group, 0)).messages.map(({ content }) => text(content))).toContain('kept')
        },
      },
    ],
    refused: [
      ...strangers('owner', () => ({ dissolve: {} })),
      { when: 'an admin asks', attempt: (scene) => change(scene, 'admin', { dissolve: {} }), code: 'forbidden' },
    ],
  },
]

/** More than the house lets into a group. */
function crowd(): string[] {
  return Array.from({ length: 20 }, (_, i) => `crowd-${i}`)
}
