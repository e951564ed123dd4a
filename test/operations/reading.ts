import { expect } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { Direction, type PageQuery, type Query } from '../../shared/gen/hawser.ts'
import { type Attempt, type Operation, query, type Refusal } from './operation.ts'
import { decoded, type Name, type Scene } from './scene.ts'
import { text } from './suite.ts'

/** What comes after the create, the role and the leave of each scene. */
const FIRST = 4
const UNKNOWN = { code: 'conversation_unknown', field: 'conversation_id' } as const
const SEARCH = { conversationId: '', sender: '', sentFrom: 0, sentBefore: 0, cursor: '', limit: 0 }

const saysFirst = (scene: Scene) => scene.says('owner', 'first')

function sync(by: Name, page: Partial<PageQuery>): Attempt {
  const none = { conversationId: '', withUser: '', direction: Direction.FORWARD, fromSeq: 0, limit: 0, epoch: 0, digest: 0 }
  return { by, command: Command.SYNC, body: { page: { ...none, ...page } } }
}

const read = (by: Name, conversationId: string, seq: number): Attempt => ({ by, command: Command.READ, body: { conversationId, seq } })

/** Y4, for what only members may ask. */
function strangers(what: (scene: Scene) => Query, names: readonly Name[] = ['outsider', 'former']): Refusal[] {
  return names.map((name) => ({ when: `the ${name} asks`, before: saysFirst, attempt: (scene) => query(name, what(scene)), ...UNKNOWN }))
}

/** What is not there for the user. */
function messages(what: (scene: Scene, seq: number) => Query): Refusal[] {
  const unknown = { code: 'message_unknown', field: 'seq' } as const
  return [
    { when: 'there is no such message', attempt: (scene) => query('member', what(scene, 99)), ...unknown },
    { when: 'the entry is no message', attempt: (scene) => query('member', what(scene, 1)), ...unknown },
  ]
}

/** What changes nothing but positions (Y1 to Y8). */
export const READING: readonly Operation[] = [
  {
    name: 'SYNC `page`',
    who: 'whoever is in the conversation; a former member up to his last entry',
    logs: 'nothing',
    works: [
      {
        when: 'a member pulls it',
        before: saysFirst,
        attempt: (scene) => sync('member', { conversationId: scene.group, fromSeq: FIRST - 1 }),
        async shows(_scene, answer) {
          const { page } = decoded(answer, Command.SYNC_ACK)
          expect(page?.messages.map(({ seq, content }) => [seq, text(content)])).toEqual([[FIRST, 'first']])
        },
      },
      {
        when: 'a former member pulls what was his',
        before: saysFirst,
        attempt: (scene) => sync('former', { conversationId: scene.group, direction: Direction.BACKWARD }),
        async shows(_scene, answer) {
          const { page } = decoded(answer, Command.SYNC_ACK)
          expect([page?.lastSeq, page?.messages.map(({ seq }) => seq)]).toEqual([FIRST - 1, [1, 2, 3]])
        },
      },
    ],
    refused: [
      { when: 'an outsider asks', attempt: (scene) => sync('outsider', { conversationId: scene.group }), ...UNKNOWN },
      { when: 'there is no such conversation', attempt: (scene) => sync('owner', { conversationId: scene.otherGroup }), ...UNKNOWN },
      { when: "it is another's own conversation", attempt: (scene) => sync('owner', { conversationId: scene.own('member') }), ...UNKNOWN },
      {
        when: 'it is the conversation of others',
        attempt: (scene) => sync('owner', { conversationId: scene.direct('outsider', 'former') }),
        ...UNKNOWN,
      },
      { when: 'it names none', attempt: () => sync('owner', {}), code: 'field_invalid', field: 'conversation_id' },
      { when: 'the other has no name', attempt: () => sync('owner', { withUser: 'a b' }), code: 'field_invalid', field: 'with_user' },
      {
        when: 'it is neither page nor list',
        attempt: () => ({ by: 'owner', command: Command.SYNC, body: {} }),
        code: 'field_invalid',
        field: 'page',
      },
    ],
  },
  {
    name: 'SYNC `list`',
    who: 'everybody, of his own conversations',
    logs: 'nothing',
    works: [
      {
        when: 'the latest is the first',
        before: saysFirst,
        attempt: () => ({ by: 'member', command: Command.SYNC, body: { list: { cursor: '', limit: 1 } } }),
        async shows(scene, answer) {
          const { list } = decoded(answer, Command.SYNC_ACK)
          expect(list?.conversations.map(({ conversationId, unread }) => [conversationId, unread])).toEqual([[scene.group, 1]])
        },
      },
    ],
    refused: [
      {
        when: 'the cursor is none',
        attempt: () => ({ by: 'owner', command: Command.SYNC, body: { list: { cursor: '!', limit: 0 } } }),
        code: 'field_invalid',
        field: 'cursor',
      },
    ],
  },
  {
    name: 'READ',
    who: 'whoever is or was in the conversation',
    logs: 'nothing: the position moves',
    works: [
      {
        when: 'the position moves, and the others are told',
        before: saysFirst,
        attempt: (scene) => read('member', scene.group, FIRST),
        async shows(scene, answer) {
          expect(decoded(answer, Command.READ_ACK)).toEqual({ conversationId: scene.group, seq: FIRST })
          const of = scene.user('member')
          const told = ({ receipt }: { receipt?: { userId: string; readSeq: number; conversationId: string } | undefined }) =>
            receipt?.userId === of && receipt.readSeq === FIRST && receipt.conversationId === scene.group
          for (const name of ['owner', 'member'] as const) await scene.stage.event(name, told)
          expect((await scene.summary('member'))?.unread).toBe(0)
        },
      },
      {
        when: 'it goes no further than there are messages',
        attempt: (scene) => read('member', scene.group, 1000),
        shows: async (_scene, answer) => expect(decoded(answer, Command.READ_ACK).seq).toBe(FIRST - 1),
      },
    ],
    refused: [
      { when: 'an outsider asks', attempt: (scene) => read('outsider', scene.group, 1), ...UNKNOWN },
      { when: 'there is no such group', attempt: (scene) => read('owner', scene.otherGroup, 1), ...UNKNOWN },
      { when: 'it is the conversation of others', attempt: (scene) => read('owner', scene.direct('outsider', 'former'), 1), ...UNKNOWN },
    ],
  },
  {
    name: 'QUERY `group`',
    who: 'members',
    logs: 'nothing',
    works: [
      {
        when: 'a member asks',
        attempt: (scene) => query('member', { group: { conversationId: scene.group } }),
        shows: async (scene, answer) =>
          expect(decoded(answer, Command.QUERY_ACK).group).toMatchObject({
            name: 'scene',
            owner: scene.user('owner'),
            memberCount: 3,
            role: 1,
          }),
      },
    ],
    refused: strangers((scene) => ({ group: { conversationId: scene.group } })),
  },
  {
    name: 'QUERY `members`',
    who: 'members',
    logs: 'nothing',
    works: [
      {
        when: 'a member asks, page by page',
        attempt: (scene) => query('member', { members: { conversationId: scene.group, cursor: '', limit: 2 } }),
        async shows(scene, answer) {
          const first = decoded(answer, Command.QUERY_ACK).members
          const rest = await scene.answer('member', { members: { conversationId: scene.group, cursor: first?.nextCursor ?? '', limit: 2 } })
          const names = [...(first?.members ?? []), ...(rest.members?.members ?? [])].map(({ userId }) => userId)
          expect(names.sort()).toEqual([scene.user('admin'), scene.user('member'), scene.user('owner')])
        },
      },
    ],
    refused: [
      ...strangers((scene) => ({ members: { conversationId: scene.group, cursor: '', limit: 0 } })),
      {
        when: 'the cursor is none',
        attempt: (scene) => query('member', { members: { conversationId: scene.group, cursor: '!', limit: 0 } }),
        code: 'field_invalid',
        field: 'cursor',
      },
    ],
  },
  {
    name: 'QUERY `bans`',
    who: 'ADMIN, or who `settings.remove` says',
    logs: 'nothing',
    works: [
      {
        when: 'an admin asks, page by page',
        before: (scene) => scene.does('owner', { ban: { users: [scene.user('former'), scene.user('outsider')], removed: false } }),
        attempt: (scene) => query('admin', { bans: { conversationId: scene.group, cursor: '', limit: 1 } }),
        async shows(scene, answer) {
          const first = decoded(answer, Command.QUERY_ACK).bans
          const rest = await scene.answer('admin', { bans: { conversationId: scene.group, cursor: first?.nextCursor ?? '', limit: 1 } })
          const names = [...(first?.bans ?? []), ...(rest.bans?.bans ?? [])].map(({ userId }) => userId)
          expect(names.sort()).toEqual([scene.user('former'), scene.user('outsider')])
        },
      },
    ],
    refused: [
      ...strangers((scene) => ({ bans: { conversationId: scene.group, cursor: '', limit: 0 } })),
      {
        when: 'a member asks',
        attempt: (scene) => query('member', { bans: { conversationId: scene.group, cursor: '', limit: 0 } }),
        code: 'forbidden',
      },
    ],
  },
  {
    name: 'QUERY `readers`',
    who: 'members, of messages that they see',
    logs: 'nothing',
    works: [
      {
        when: 'who has read it is told, without those who came later to a group that hides its past',
        before: async (scene) => {
          await saysFirst(scene)
          await scene.stage.ask(read('member', scene.group, FIRST))
          await scene.settings({ hideHistory: true })
          await scene.does('owner', { add: { users: [scene.user('former')] } })
        },
        attempt: (scene) => query('owner', { readers: { conversationId: scene.group, seq: FIRST, cursor: '', limit: 0 } }),
        async shows(scene, answer) {
          const { readers } = decoded(answer, Command.QUERY_ACK)
          expect(readers).toMatchObject({ readCount: 1, memberCount: 2 })
          expect(readers?.readers.map(({ userId }) => userId)).toEqual([scene.user('member')])
        },
      },
    ],
    refused: [
      ...strangers((scene) => ({ readers: { conversationId: scene.group, seq: FIRST, cursor: '', limit: 0 } })),
      ...messages((scene, seq) => ({ readers: { conversationId: scene.group, seq, cursor: '', limit: 0 } })),
    ],
  },
  {
    name: 'QUERY `reactors`',
    who: 'members, of messages that they see',
    logs: 'nothing',
    works: [
      {
        when: 'who has reacted is told',
        before: async (scene) => {
          await saysFirst(scene)
          await scene.does('member', { react: { seq: FIRST, key: '+', removed: false } })
        },
        attempt: (scene) => query('owner', { reactors: { conversationId: scene.group, seq: FIRST, key: '+', cursor: '', limit: 0 } }),
        shows: async (scene, answer) => expect(decoded(answer, Command.QUERY_ACK).reactors?.users).toEqual([scene.user('member')]),
      },
    ],
    refused: [
      ...strangers((scene) => ({ reactors: { conversationId: scene.group, seq: FIRST, key: '+', cursor: '', limit: 0 } })),
      ...messages((scene, seq) => ({ reactors: { conversationId: scene.group, seq, key: '+', cursor: '', limit: 0 } })),
    ],
  },
  {
    name: 'QUERY `pins`',
    who: 'members; of a former member nothing is pinned',
    logs: 'nothing',
    works: [
      {
        when: 'a former member asks',
        before: (scene) => scene.says('owner', 'first').then(() => scene.does('owner', { pin: { seq: FIRST, removed: false } })),
        attempt: (scene) => query('former', { pins: { conversationId: scene.group } }),
        shows: async (_scene, answer) => expect(decoded(answer, Command.QUERY_ACK).messages?.messages).toEqual([]),
      },
    ],
    refused: strangers((scene) => ({ pins: { conversationId: scene.group } }), ['outsider']),
  },
  {
    name: 'QUERY `messages`',
    who: 'whoever is in the conversation; a former member up to his last entry',
    logs: 'nothing',
    works: [
      {
        when: 'what is there is given',
        before: saysFirst,
        attempt: (scene) => query('member', { messages: { conversationId: scene.group, seqs: [FIRST, 99] } }),
        shows: async (_scene, answer) =>
          expect(decoded(answer, Command.QUERY_ACK).messages?.messages.map(({ seq }) => seq)).toEqual([FIRST]),
      },
      {
        when: 'a former member asks for what came later',
        before: saysFirst,
        attempt: (scene) => query('former', { messages: { conversationId: scene.group, seqs: [FIRST] } }),
        shows: async (_scene, answer) => expect(decoded(answer, Command.QUERY_ACK).messages?.messages).toEqual([]),
      },
    ],
    refused: [
      ...strangers((scene) => ({ messages: { conversationId: scene.group, seqs: [FIRST] } }), ['outsider']),
      {
        when: 'it asks for too many',
        attempt: (scene) => query('member', { messages: { conversationId: scene.group, seqs: Array.from({ length: 101 }, (_, i) => i) } }),
        code: 'body_malformed',
        field: 'seqs',
      },
    ],
  },
  {
    name: 'QUERY `thread`',
    who: 'whoever is in the conversation; a former member up to his last entry',
    logs: 'nothing',
    works: [
      {
        when: 'its messages are given',
        before: async (scene) => {
          await saysFirst(scene)
          await scene.says('member', 'second', { details: { thread: FIRST } })
        },
        attempt: (scene) => query('member', { thread: { conversationId: scene.group, thread: FIRST, fromSeq: 0, limit: 0 } }),
        shows: async (_scene, answer) =>
          expect(decoded(answer, Command.QUERY_ACK).messages?.messages.map(({ seq }) => seq)).toEqual([FIRST + 1]),
      },
    ],
    refused: strangers((scene) => ({ thread: { conversationId: scene.group, thread: FIRST, fromSeq: 0, limit: 0 } }), ['outsider']),
  },
  {
    name: 'QUERY `search`',
    who: 'everybody, in what he may see',
    logs: 'nothing',
    works: [
      {
        when: 'a member finds it',
        before: (scene) => scene.says('owner', `needle ${word(scene)}`),
        attempt: (scene) => query('member', { search: { ...SEARCH, text: word(scene) } }),
        shows: async (scene, answer) =>
          expect(decoded(answer, Command.QUERY_ACK).messages?.messages.map(({ conversationId }) => conversationId)).toEqual([scene.group]),
      },
      {
        when: 'a former member does not find what came later',
        before: (scene) => scene.says('owner', `needle ${word(scene)}`),
        attempt: (scene) => query('former', { search: { ...SEARCH, text: word(scene) } }),
        shows: async (_scene, answer) => expect(decoded(answer, Command.QUERY_ACK).messages?.messages).toEqual([]),
      },
    ],
    refused: [
      {
        when: 'an outsider names the conversation',
        attempt: (scene) => query('outsider', { search: { ...SEARCH, text: 'x', conversationId: scene.group } }),
        ...UNKNOWN,
      },
      {
        when: 'there is nothing to look for',
        attempt: () => query('member', { search: { ...SEARCH, text: '' } }),
        code: 'field_invalid',
        field: 'text',
      },
      {
        when: 'the cursor is none',
        attempt: () => query('member', { search: { ...SEARCH, text: 'x', cursor: '!' } }),
        code: 'field_invalid',
        field: 'cursor',
      },
    ],
  },
  {
    name: 'QUERY `scheduled`, `relations`',
    who: 'everybody, his own',
    logs: 'nothing',
    works: [
      {
        when: 'who has none asks',
        attempt: () => query('owner', { relations: { cursor: '' } }),
        shows: async (_scene, answer) => expect(decoded(answer, Command.QUERY_ACK).relations?.relations).toEqual([]),
      },
    ],
    refused: [
      { when: 'nothing is asked', attempt: () => query('owner', {}), code: 'field_invalid', field: 'query' },
      {
        when: 'two things are asked',
        attempt: () => query('owner', { relations: { cursor: '' }, scheduled: { cursor: '' } }),
        code: 'field_invalid',
        field: 'query',
      },
    ],
  },
]

/** A word that is said in this scene only. */
function word(scene: Scene): string {
  return `w${scene.group.replace(/\W/g, '')}`
}
