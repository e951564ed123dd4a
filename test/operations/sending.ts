import { expect } from 'vitest'
import { Command } from '../../shared/commands.ts'
import type { Details } from '../../shared/gen/hawser.ts'
import { change, message, type Operation } from './operation.ts'
import { decoded, type Scene } from './scene.ts'
import { text } from './suite.ts'

const ALL = ['owner', 'admin', 'member'] as const
const FAR = Date.parse('2100-01-01')

const withDetails = (details: Partial<Details>) => (scene: Scene) => message(scene, 'member', 'text', { details })

/** A SEND by the member with something about it changed. */
function odd(fields: object) {
  return (scene: Scene) => {
    const attempt = message(scene, 'member', 'text')
    return { ...attempt, body: { ...attempt.body, ...fields } }
  }
}

/** Messages, and what they have with them (S1 to S6). */
export const SENDING: readonly Operation[] = [
  {
    name: 'SEND of a message to a group',
    who: 'MEMBER, or who `settings.send` says; `mention_all` ADMIN, or who `settings.mention_all` says',
    logs: 'the message',
    works: [
      {
        when: 'every member has it, once, unread but for its sender',
        attempt: (scene) => message(scene, 'member', 'hello'),
        heardBy: ALL,
        async shows(scene) {
          expect(await scene.summary('owner')).toMatchObject({ unread: 1, mentions: 0 })
          expect(await scene.summary('member')).toMatchObject({ unread: 0 })
          expect(text((await scene.summary('admin'))?.lastMessage?.content)).toBe('hello')
        },
      },
      {
        when: 'it has its details',
        before: (scene) => scene.says('owner', 'first'),
        attempt: (scene) =>
          message(scene, 'member', 'text', { details: { replyTo: 4, thread: 4, mentions: [scene.user('owner')], expiresAt: FAR } }),
        heardBy: ALL,
        async shows(scene) {
          expect((await scene.message('owner', 5))?.details).toMatchObject({
            replyTo: 4,
            thread: 4,
            mentions: [scene.user('owner')],
            expiresAt: FAR,
          })
          expect((await scene.summary('owner'))?.mentions).toBe(1)
          expect((await scene.summary('admin'))?.mentions).toBe(0)
        },
      },
      {
        when: 'it mentions all',
        attempt: (scene) => message(scene, 'admin', 'text', { details: { mentionAll: true } }),
        heardBy: ALL,
        shows: async (scene) => expect((await scene.summary('member'))?.mentions).toBe(1),
      },
    ],
    refused: [
      {
        when: 'an outsider sends',
        attempt: (scene) => message(scene, 'outsider', 'x'),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      {
        when: 'a former member sends',
        attempt: (scene) => message(scene, 'former', 'x'),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      {
        when: 'there is no such group',
        attempt: (scene) => message(scene, 'owner', 'x', { conversationId: scene.otherGroup }),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      {
        when: 'the group is dissolved',
        before: (scene) => scene.does('owner', { dissolve: {} }),
        attempt: (scene) => message(scene, 'owner', 'x'),
        code: 'forbidden',
      },
      {
        when: 'the settings want a higher role',
        before: (scene) => scene.settings({ send: 2 }),
        attempt: (scene) => message(scene, 'member', 'x'),
        code: 'forbidden',
      },
      {
        when: 'the sender is muted',
        before: (scene) => scene.does('owner', { mute: { users: [scene.user('admin')], until: FAR } }),
        attempt: (scene) => message(scene, 'admin', 'x'),
        code: 'muted',
      },
      {
        when: 'all below ADMIN are muted',
        before: (scene) => scene.does('owner', { mute: { users: [], until: FAR } }),
        attempt: (scene) => message(scene, 'member', 'x'),
        code: 'muted',
      },
      { when: 'a member mentions all', attempt: withDetails({ mentionAll: true }), code: 'forbidden' },
    ],
  },
  {
    name: 'SEND of a message to a user',
    who: 'anybody whom the other has not blocked and who has not blocked him; with `messagesFrom` contacts only contacts',
    logs: 'the message',
    works: [
      {
        when: 'both have it',
        before: unblocked,
        attempt: (scene) => message(scene, 'outsider', 'hello', { conversationId: scene.direct('outsider', 'former') }),
        heardBy: ['former'],
        shows: async (scene) =>
          expect(await scene.summary('former', scene.direct('outsider', 'former'))).toMatchObject({ peer: scene.user('outsider') }),
      },
      {
        when: 'the other is named',
        before: unblocked,
        attempt: (scene) => ({
          ...message(scene, 'outsider', 'hello'),
          body: { ...message(scene, 'outsider', 'hi').body, conversationId: '', toUser: scene.user('former') },
        }),
        heardBy: ['former'],
        shows: async (scene) => expect((await scene.summary('former', scene.direct('outsider', 'former')))?.unread).toBeGreaterThan(0),
      },
    ],
    refused: [
      {
        when: 'the other has blocked the sender',
        before: blocked,
        attempt: (scene) => message(scene, 'outsider', 'x', { conversationId: scene.direct('outsider', 'former') }),
        code: 'blocked',
      },
      {
        when: 'the sender has blocked the other',
        before: blocked,
        attempt: (scene) => message(scene, 'former', 'x', { conversationId: scene.direct('outsider', 'former') }),
        code: 'blocked',
      },
      {
        when: 'it is the conversation of others',
        attempt: (scene) => message(scene, 'member', 'x', { conversationId: scene.direct('outsider', 'former') }),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      {
        when: 'it is the own conversation',
        attempt: (scene) => message(scene, 'member', 'x', { conversationId: scene.own('member') }),
        code: 'forbidden',
      },
      {
        when: "it is another's own conversation",
        attempt: (scene) => message(scene, 'member', 'x', { conversationId: scene.own('owner') }),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      { when: 'the other has no name', attempt: odd({ conversationId: '', toUser: 'a b' }), code: 'field_invalid', field: 'to_user' },
      { when: 'it names both', attempt: odd({ toUser: 'somebody' }), code: 'field_invalid', field: 'to_user' },
    ],
  },
  {
    name: 'SEND, any',
    who: 'as above',
    logs: 'nothing where it is refused',
    works: [],
    refused: [
      { when: 'the id is empty', attempt: odd({ clientMessageId: '' }), code: 'field_invalid', field: 'client_message_id' },
      { when: 'the id is too long', attempt: odd({ clientMessageId: 'x'.repeat(65) }), code: 'field_invalid', field: 'client_message_id' },
      {
        when: 'the id stands for another message',
        before: (scene) => scene.acked(odd({ clientMessageId: `${scene.group}-same` })(scene)),
        attempt: (scene) => odd({ clientMessageId: `${scene.group}-same`, content: Buffer.from('other') })(scene),
        code: 'message_id_conflict',
        field: 'client_message_id',
      },
      {
        when: 'the content type is too long',
        attempt: odd({ contentType: 'x'.repeat(129) }),
        code: 'field_invalid',
        field: 'content_type',
      },
      { when: 'the content is too large', attempt: odd({ content: new Uint8Array(65_537) }), code: 'content_too_large', field: 'content' },
      {
        when: 'the conversation id is none',
        attempt: odd({ conversationId: 'somewhere' }),
        code: 'field_invalid',
        field: 'conversation_id',
      },
      {
        when: 'the conversation is of others',
        attempt: (scene) => odd({ conversationId: scene.direct('owner', 'admin') })(scene),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      { when: 'a change has content', attempt: odd({ change: { leave: {} } }), code: 'field_invalid', field: 'change' },
      { when: 'a change has no field', attempt: (scene) => change(scene, 'member', {}), code: 'field_invalid', field: 'change' },
      {
        when: 'a change has two fields',
        attempt: (scene) => change(scene, 'member', { leave: {}, join: {} }),
        code: 'field_invalid',
        field: 'change',
      },
      {
        when: 'it mentions too many',
        attempt: withDetails({ mentions: Array.from({ length: 51 }, (_, i) => `u${i}`) }),
        code: 'body_malformed',
        field: 'mentions',
      },
      { when: 'it mentions no name', attempt: withDetails({ mentions: ['a b'] }), code: 'field_invalid', field: 'mentions' },
      {
        when: 'it has too many attributes',
        attempt: withDetails({ attributes: Array.from({ length: 17 }, (_, i) => ({ key: `${i}`, value: '' })) }),
        code: 'body_malformed',
        field: 'attributes',
      },
      { when: 'it answers none before it', attempt: withDetails({ replyTo: 99 }), code: 'field_invalid', field: 'reply_to' },
      { when: 'its thread is none before it', attempt: withDetails({ thread: 99 }), code: 'field_invalid', field: 'thread' },
      { when: 'its time is over already', attempt: withDetails({ expiresAt: 1 }), code: 'field_invalid', field: 'expires_at' },
    ],
  },
  {
    name: 'SEND with `send_at`',
    who: 'who may send there, then and when its time comes',
    logs: 'nothing until its time, then the message',
    works: [
      {
        when: 'it waits, for its sender to see',
        attempt: (scene) => message(scene, 'member', 'later', { sendAt: FAR }),
        async shows(scene, answer) {
          expect(answer && decoded(answer, Command.SEND_ACK)).toMatchObject({ seq: 0, scheduledFor: FAR })
          const { scheduled } = await scene.answer('member', { scheduled: { cursor: '' } })
          expect(scheduled?.scheduled.filter(({ conversationId }) => conversationId === scene.group)).toMatchObject([{ sendAt: FAR }])
          expect((await scene.page('owner', scene.group, 0)).lastSeq).toBe(3)
        },
      },
    ],
    refused: [
      {
        when: 'an outsider sends',
        attempt: (scene) => message(scene, 'outsider', 'x', { sendAt: FAR }),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      {
        when: 'another message waits under its id',
        before: (scene) => scene.acked(odd({ clientMessageId: `${scene.group}-later`, sendAt: FAR })(scene)),
        attempt: (scene) => odd({ clientMessageId: `${scene.group}-later`, sendAt: FAR - 1 })(scene),
        code: 'message_id_conflict',
        field: 'client_message_id',
      },
      {
        when: '100 wait already',
        before: (scene) => Promise.all(Array.from({ length: 100 }, () => scene.acked(message(scene, 'admin', 'x', { sendAt: FAR })))),
        attempt: (scene) => message(scene, 'admin', 'x', { sendAt: FAR }),
        code: 'limit_reached',
      },
    ],
  },
]

async function blocked(scene: Scene): Promise<void> {
  await scene.does('former', { block: { user: scene.user('outsider'), removed: false } }, scene.own('former'))
}

async function unblocked(scene: Scene): Promise<void> {
  await scene.does('former', { block: { user: scene.user('outsider'), removed: true } }, scene.own('former'))
}
