import { expect } from 'vitest'
import { Command } from '../../shared/commands.ts'
import type { Attempt, Operation } from './operation.ts'
import { decoded, type Name, type Scene } from './scene.ts'
import { text } from './suite.ts'

const room = (by: Name, roomId: string, leave = false): Attempt => ({ by, command: Command.ROOM, body: { roomId, leave } })
const watch = (by: Name, users: string[]): Attempt => ({ by, command: Command.WATCH, body: { users, unwatch: [] } })
const publish = (by: Name, roomId: string, content: Uint8Array): Attempt => ({
  by,
  command: Command.PUBLISH,
  body: { roomId, contentType: '', content },
})

/** What is in no log (T1 to T4). */
export const FLEETING: readonly Operation[] = [
  {
    name: 'TYPING',
    who: 'members; it has no reply, and what is not the user’s to say is passed over',
    logs: 'nothing',
    works: [
      {
        when: 'the other members are told',
        attempt: (scene) => ({ by: 'member', command: Command.TYPING, body: { conversationId: scene.group, userId: '', stopped: false } }),
        async shows(scene) {
          const { typing } = await scene.stage.event('owner', ({ typing }) =>
            typing.some(({ conversationId }) => conversationId === scene.group),
          )
          expect(typing).toContainEqual({ conversationId: scene.group, userId: scene.user('member'), stopped: false })
        },
      },
    ],
    refused: [],
  },
  {
    name: 'WATCH',
    who: 'everybody; who may not see a user sees him offline',
    logs: 'nothing',
    works: [
      {
        when: 'a member sees another online',
        attempt: (scene) => watch('admin', [scene.user('owner')]),
        async shows(scene, answer) {
          const [presence] = decoded(answer, Command.WATCH_ACK).presence
          expect(presence).toMatchObject({ userId: scene.user('owner') })
          expect(presence?.online.length).toBe(2)
        },
      },
      {
        when: 'who is blocked sees him offline',
        before: (scene) => scene.does('admin', { block: { user: scene.user('former'), removed: false } }, scene.own('admin')),
        attempt: (scene) => watch('former', [scene.user('admin')]),
        shows: async (_scene, answer) => expect(decoded(answer, Command.WATCH_ACK).presence[0]?.online).toEqual([]),
      },
    ],
    refused: [
      { when: 'one has no name', attempt: () => watch('member', ['a b']), code: 'field_invalid', field: 'users' },
      {
        when: 'they are too many',
        attempt: () =>
          watch(
            'member',
            Array.from({ length: 501 }, (_, i) => `u${i}`),
          ),
        code: 'body_malformed',
        field: 'users',
      },
    ],
  },
  {
    name: 'ROOM',
    who: 'everybody',
    logs: 'nothing',
    works: [
      {
        when: 'the session is in the room',
        attempt: (scene) => room('outsider', scene.group),
        shows: async (_scene, answer) => expect(decoded(answer, Command.ROOM_ACK).sessions).toBe(1),
      },
      {
        when: 'it leaves again',
        before: (scene) => scene.stage.ask(room('outsider', scene.group)),
        attempt: (scene) => room('outsider', scene.group, true),
        shows: async (_scene, answer) => expect(decoded(answer, Command.ROOM_ACK).sessions).toBe(0),
      },
    ],
    refused: [
      { when: 'the id is empty', attempt: () => room('outsider', ''), code: 'field_invalid', field: 'room_id' },
      {
        when: 'it is in 100 rooms',
        before: (scene) => Promise.all(Array.from({ length: 100 }, (_, i) => scene.stage.ask(room('former', `${scene.group}-${i}`)))),
        attempt: (scene) => room('former', scene.group),
        code: 'limit_reached',
        field: 'room_id',
      },
    ],
  },
  {
    name: 'PUBLISH',
    who: 'sessions in the room',
    logs: 'nothing',
    works: [
      {
        when: 'the others in the room get it',
        before: (scene) => Promise.all([scene.stage.ask(room('owner', scene.group)), scene.stage.joins('admin', scene.group)]),
        attempt: (scene) => publish('owner', scene.group, Buffer.from('live')),
        async shows(scene, answer) {
          expect(decoded(answer, Command.PUBLISH_ACK).sessions).toBe(1)
          const { roomMessage } = await scene.stage.event('admin', ({ roomMessage }) => roomMessage?.roomId === scene.group)
          expect([roomMessage?.sender, text(roomMessage?.content)]).toEqual([scene.user('owner'), 'live'])
        },
      },
    ],
    refused: [
      {
        when: 'the session is not in it',
        attempt: (scene) => publish('owner', scene.group, Buffer.from('x')),
        code: 'forbidden',
        field: 'room_id',
      },
      {
        when: 'the content is too large',
        before: inRoom,
        attempt: (scene) => publish('owner', scene.group, new Uint8Array(65_537)),
        code: 'content_too_large',
        field: 'content',
      },
    ],
  },
]

function inRoom(scene: Scene): Promise<unknown> {
  return scene.stage.ask(room('owner', scene.group))
}
