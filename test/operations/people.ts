import { expect } from 'vitest'
import { type Change, ContactState, ContactStep, PresenceAudience } from '../../shared/gen/hawser.ts'
import { change, message, type Operation } from './operation.ts'
import type { Name, Scene } from './scene.ts'

const FAR = Date.parse('2100-01-01')
const PAIR = ['outsider', 'former'] as const
const OTHERS = 'it is not the own conversation'

const inOwn = (scene: Scene, by: Name, what: Change) => change(scene, by, what, scene.own(by))
const block = (scene: Scene, name: Name, removed = false): Change => ({ block: { user: scene.user(name), removed } })
const contact = (step: ContactStep, note = ''): Change => ({ contact: { step, note } })
const asks = (scene: Scene, by: Name, step: ContactStep) => change(scene, by, contact(step), scene.direct(...PAIR))

/** The two of the scenes are strangers to each other, whatever was before. */
async function strangers(scene: Scene): Promise<void> {
  for (const [one, other] of [PAIR, [PAIR[1], PAIR[0]]] as const) {
    await scene.does(one, block(scene, other, true), scene.own(one))
    await scene.stage.ask(asks(scene, one, ContactStep.REMOVE))
    await scene.stage.ask(asks(scene, one, ContactStep.DECLINE))
  }
}

const after =
  (...steps: readonly (readonly [Name, ContactStep])[]) =>
  async (scene: Scene) => {
    await strangers(scene)
    for (const [by, step] of steps) await scene.acked(asks(scene, by, step))
  }

async function contactOf(scene: Scene, by: Name, other: Name): Promise<ContactState> {
  const { relations } = await scene.answer(by, { relations: { cursor: '' } })
  return relations?.relations.find(({ userId }) => userId === scene.user(other))?.contact ?? ContactState.NO_CONTACT
}

/** What users decide for themselves and about each other (P1 to P4, S6). */
export const PEOPLE: readonly Operation[] = [
  {
    name: 'SEND `preference`',
    who: 'the user, in his own conversation, of a conversation that is or was his',
    logs: '`preference`',
    works: [
      {
        when: 'it is kept for all devices, and what is not given stays',
        before: (scene) => scene.does('member', { preference: { conversationId: scene.group, pinned: true } }, scene.own('member')),
        attempt: (scene) => inOwn(scene, 'member', { preference: { conversationId: scene.group, draft: 'd', mutedUntil: FAR } }),
        shows: async (scene) =>
          expect((await scene.summary('member'))?.preference).toMatchObject({ draft: 'd', mutedUntil: FAR, pinned: true }),
      },
      {
        when: 'a conversation is cleared for oneself',
        before: (scene) => scene.says('owner', 'before'),
        attempt: (scene) => inOwn(scene, 'member', { preference: { conversationId: scene.group, clearedSeq: 4 } }),
        async shows(scene) {
          expect((await scene.page('member', scene.group, 0)).messages).toEqual([])
          expect((await scene.page('owner', scene.group, 0)).messages.length).toBe(4)
        },
      },
      {
        when: 'who has left clears no further than what was his',
        before: (scene) => scene.says('owner', 'after'),
        attempt: (scene) => inOwn(scene, 'former', { preference: { conversationId: scene.group, clearedSeq: 1_000_000 } }),
        shows: async (scene) => expect(await scene.summary('former')).toMatchObject({ beginSeq: 3, preference: { clearedSeq: 3 } }),
      },
    ],
    refused: [
      {
        when: OTHERS,
        attempt: (scene) => change(scene, 'member', { preference: { conversationId: scene.group, draft: 'd' } }),
        code: 'forbidden',
      },
      {
        when: 'the conversation is not his',
        attempt: (scene) => inOwn(scene, 'outsider', { preference: { conversationId: scene.group, draft: 'd' } }),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
      {
        when: 'the draft is too long',
        attempt: (scene) => inOwn(scene, 'member', { preference: { conversationId: scene.group, draft: 'x'.repeat(16_385) } }),
        code: 'field_invalid',
        field: 'draft',
      },
      {
        when: "it is another's own conversation",
        attempt: (scene) => change(scene, 'member', { preference: { conversationId: scene.group } }, scene.own('owner')),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
    ],
  },
  {
    name: 'SEND `block`',
    who: 'the user, in his own conversation',
    logs: '`block`',
    works: [
      {
        when: 'the other cannot write any more, nor hear of it',
        before: strangers,
        attempt: (scene) => inOwn(scene, 'former', block(scene, 'outsider')),
        async shows(scene) {
          const { relations } = await scene.answer('former', { relations: { cursor: '' } })
          expect(relations?.relations).toContainEqual({ userId: scene.user('outsider'), contact: ContactState.NO_CONTACT, blocked: true })
          const theirs = (await scene.answer('outsider', { relations: { cursor: '' } })).relations?.relations
          expect(theirs?.find(({ userId }) => userId === scene.user('former'))?.blocked ?? false).toBe(false)
        },
      },
      {
        when: 'it is lifted',
        before: (scene) => scene.does('former', block(scene, 'outsider'), scene.own('former')),
        attempt: (scene) => inOwn(scene, 'former', block(scene, 'outsider', true)),
        shows: async (scene) => void (await scene.says('outsider', 'again', { conversationId: scene.direct(...PAIR) })),
      },
    ],
    refused: [
      { when: OTHERS, attempt: (scene) => change(scene, 'member', block(scene, 'owner')), code: 'forbidden' },
      { when: 'it is himself', attempt: (scene) => inOwn(scene, 'member', block(scene, 'member')), code: 'field_invalid', field: 'user' },
      {
        when: 'it is no name',
        attempt: (scene) => inOwn(scene, 'member', { block: { user: 'a b', removed: false } }),
        code: 'field_invalid',
        field: 'user',
      },
    ],
  },
  {
    name: 'SEND `contact`',
    who: 'both, in their 1:1 conversation: REQUEST; ACCEPT and DECLINE who was asked; REMOVE who has asked, or both',
    logs: '`contact`',
    works: [
      {
        when: 'one asks',
        before: strangers,
        attempt: (scene) => asks(scene, 'outsider', ContactStep.REQUEST),
        heardBy: ['former'],
        async shows(scene) {
          expect(await contactOf(scene, 'outsider', 'former')).toBe(ContactState.ASKED)
          expect(await contactOf(scene, 'former', 'outsider')).toBe(ContactState.WAS_ASKED)
        },
      },
      {
        when: 'the other accepts',
        before: after(['outsider', ContactStep.REQUEST]),
        attempt: (scene) => asks(scene, 'former', ContactStep.ACCEPT),
        heardBy: ['outsider'],
        shows: async (scene) => expect(await contactOf(scene, 'outsider', 'former')).toBe(ContactState.CONTACT),
      },
      {
        when: 'the other declines',
        before: after(['outsider', ContactStep.REQUEST]),
        attempt: (scene) => asks(scene, 'former', ContactStep.DECLINE),
        heardBy: ['outsider'],
        shows: async (scene) => expect(await contactOf(scene, 'outsider', 'former')).toBe(ContactState.NO_CONTACT),
      },
      {
        when: 'one ends it',
        before: after(['outsider', ContactStep.REQUEST], ['former', ContactStep.ACCEPT]),
        attempt: (scene) => asks(scene, 'former', ContactStep.REMOVE),
        heardBy: ['outsider'],
        shows: async (scene) => expect(await contactOf(scene, 'outsider', 'former')).toBe(ContactState.NO_CONTACT),
      },
    ],
    refused: [
      { when: 'it is a group', attempt: (scene) => change(scene, 'member', contact(ContactStep.REQUEST)), code: 'forbidden' },
      {
        when: 'who asks is blocked',
        before: (scene) => scene.does('former', block(scene, 'outsider'), scene.own('former')),
        attempt: (scene) => asks(scene, 'outsider', ContactStep.REQUEST),
        code: 'blocked',
      },
      {
        when: 'nothing was asked',
        before: strangers,
        attempt: (scene) => asks(scene, 'outsider', ContactStep.ACCEPT),
        code: 'forbidden',
        field: 'step',
      },
      {
        when: 'they are contacts already',
        before: after(['outsider', ContactStep.REQUEST], ['former', ContactStep.ACCEPT]),
        attempt: (scene) => asks(scene, 'outsider', ContactStep.REQUEST),
        code: 'forbidden',
        field: 'step',
      },
      {
        when: 'the note is too long',
        before: strangers,
        attempt: (scene) => change(scene, 'outsider', contact(ContactStep.REQUEST, 'x'.repeat(513)), scene.direct(...PAIR)),
        code: 'field_invalid',
        field: 'note',
      },
      {
        when: 'it is the conversation of others',
        attempt: (scene) => change(scene, 'member', contact(ContactStep.REQUEST), scene.direct(...PAIR)),
        code: 'conversation_unknown',
        field: 'conversation_id',
      },
    ],
  },
  {
    name: 'SEND `status`',
    who: 'the user, in his own conversation',
    logs: '`status`',
    works: [
      {
        when: 'it is on his other devices',
        attempt: (scene) => inOwn(scene, 'member', { status: { text: 'busy', audience: PresenceAudience.CONTACTS } }),
        shows: async (scene) =>
          expect((await scene.summary('member', scene.own('member')))?.lastMessage?.change?.status?.text).toBe('busy'),
      },
    ],
    refused: [
      { when: OTHERS, attempt: (scene) => change(scene, 'member', { status: { audience: PresenceAudience.KNOWN } }), code: 'forbidden' },
      {
        when: 'it is too long',
        attempt: (scene) => inOwn(scene, 'member', { status: { text: 'x'.repeat(257), audience: PresenceAudience.KNOWN } }),
        code: 'field_invalid',
        field: 'text',
      },
    ],
  },
  {
    name: 'SEND `reschedule`',
    who: 'the user, in his own conversation',
    logs: '`reschedule`',
    works: [
      {
        when: 'it has another time',
        before: (scene) => scene.acked({ ...message(scene, 'member', 'later', { sendAt: FAR }), body: later(scene) }),
        attempt: (scene) => inOwn(scene, 'member', { reschedule: { clientMessageId: later(scene).clientMessageId, sendAt: FAR - 1000 } }),
        async shows(scene) {
          const { scheduled } = await scene.answer('member', { scheduled: { cursor: '' } })
          const here = scheduled?.scheduled.filter(({ conversationId }) => conversationId === scene.group)
          expect(here).toMatchObject([{ sendAt: FAR - 1000, refusal: '' }])
        },
      },
    ],
    refused: [
      {
        when: OTHERS,
        attempt: (scene) => change(scene, 'member', { reschedule: { clientMessageId: 'x', sendAt: FAR } }),
        code: 'forbidden',
      },
      {
        when: 'nothing of the kind is scheduled',
        attempt: (scene) => inOwn(scene, 'member', { reschedule: { clientMessageId: 'nothing', sendAt: FAR } }),
        code: 'message_unknown',
        field: 'client_message_id',
      },
    ],
  },
  {
    name: 'SEND `unsent`',
    who: 'the server, in the conversation of the one whose scheduled message was refused',
    logs: '`unsent`',
    works: [],
    refused: [
      {
        when: 'a user says it',
        attempt: (scene) =>
          inOwn(scene, 'member', {
            unsent: { clientMessageId: 'x', conversationId: scene.group, code: 'muted', message: '', nextTryAt: 0 },
          }),
        code: 'forbidden',
      },
    ],
  },
  {
    name: 'SEND `unschedule`',
    who: 'the user, in his own conversation',
    logs: '`unschedule`',
    works: [
      {
        when: 'what was scheduled is never sent',
        before: (scene) => scene.acked({ ...message(scene, 'member', 'later', { sendAt: FAR }), body: later(scene) }),
        attempt: (scene) => inOwn(scene, 'member', { unschedule: { clientMessageId: later(scene).clientMessageId } }),
        async shows(scene) {
          const { scheduled } = await scene.answer('member', { scheduled: { cursor: '' } })
          expect(scheduled?.scheduled.some(({ conversationId }) => conversationId === scene.group)).toBe(false)
        },
      },
    ],
    refused: [
      { when: OTHERS, attempt: (scene) => change(scene, 'member', { unschedule: { clientMessageId: 'x' } }), code: 'forbidden' },
      {
        when: 'nothing of the kind is scheduled',
        attempt: (scene) => inOwn(scene, 'member', { unschedule: { clientMessageId: 'nothing' } }),
        code: 'message_unknown',
        field: 'client_message_id',
      },
    ],
  },
]

/** Always the same of a scene, so that it can be named again. */
function later(scene: Scene) {
  return { ...message(scene, 'member', 'later', { sendAt: FAR }).body, clientMessageId: `${scene.group}-later` }
}
