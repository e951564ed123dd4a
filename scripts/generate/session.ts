/**
 * Records test/vectors/session.json from a real exchange with a core. Not part of `npm run
 * generate`, for each recording is another one; run it where the session itself is to change.
 */
import { writeFileSync } from 'node:fs'
import { SignJWT } from 'jose'
import { type BodyOf, Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import { DeviceClass, Direction, Intent, type Login, type Send } from '../../shared/gen/hawser.ts'
import { play, SESSION_SECRET, type SessionFrame, type Step, sessionFile } from '../../test/support/session.ts'

type At = SessionFrame['at']
const CONVERSATION = 'dm/alice/bob'
const YEAR_2100 = 4_102_444_800

const token = (user: string) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setIssuer('hawser')
    .setAudience('hawser')
    .setExpirationTime(YEAR_2100)
    .sign(new TextEncoder().encode(SESSION_SECRET))

function says<C extends keyof typeof Command>(at: At, name: C, requestId: number, body: BodyOf<(typeof Command)[C]>, note: string): Step {
  const hex = Buffer.from(encodeFrame(Command[name] as Command, requestId, body as never)).toString('hex')
  return { at, from: 'client', command: name, hex, note }
}
const hears = (at: At, command: keyof typeof Command, note: string): Step => ({ at, from: 'core', command, hex: '', note })

const login = async (user: At, deviceId: string, fields: Partial<Login> = {}): Promise<Login> => ({
  token: await token(user),
  deviceId,
  deviceClass: DeviceClass.PHONE,
  instanceId: 'i-1',
  intent: Intent.PERSON,
  generation: 0,
  client: 'example/1',
  ticket: '',
  ...fields,
})
const message = (toUser: string, clientMessageId: string, text: string): Send => ({
  clientMessageId,
  toUser,
  conversationId: '',
  contentType: 'text/plain',
  content: Buffer.from(text),
})
const list = { page: undefined, list: { cursor: '', limit: 0 } }
const upTo = (seq: number) => ({ positions: [{ conversationId: CONVERSATION, seq }] })
/** What the client has from the core is put in when it is played: here it only has to be there. */
const KNOWN = 1

const steps: Step[] = [
  says('alice', 'LOGIN', 1, await login('alice', 'phone-a'), 'Alice connects by TCP; the first frame is LOGIN (L1).'),
  hears('alice', 'LOGIN_ACK', 'She has a session. The client keeps generation and ticket (R9), and takes the limits (L10).'),
  says('alice', 'SYNC', 2, list, 'After each login the list comes first (R6).'),
  hears('alice', 'SYNC_ACK', 'She has no conversations yet: the client is online.'),
  says('bob', 'LOGIN', 1, await login('bob', 'phone-b'), 'Bob does the same on a connection of his own.'),
  hears('bob', 'LOGIN_ACK', 'His session.'),
  says('bob', 'SYNC', 2, list, 'His list.'),
  hears('bob', 'SYNC_ACK', 'It is empty as well.'),
  says('alice', 'SEND', 3, message('bob', 'm-1', 'hello'), 'The message is in the outbox before it is sent (R9).'),
  hears('alice', 'SEND_ACK', 'It is on disk (S2), as the first of its conversation. Her cursor moves to 1 (R2).'),
  hears('bob', 'DELIVER', 'Bob is given it: seq is his cursor + 1, so it is shown (R2).'),
  says('bob', 'DELIVER_ACK', 0, upTo(1), 'Once message and cursor are kept, he says so (R3). It has no answer.'),
  hears('alice', 'EVENT', 'A receipt: Bob has all up to 1 (Y3).'),
  says('alice', 'SEND', 4, message('no one', 'm-2', 'who?'), 'No user id has white space (N1).'),
  hears('alice', 'ERROR', 'The advice for field_invalid is `never` (E5): the message leaves the outbox.'),
  says('bob', 'PING', 3, {}, 'Bob has sent nothing for half of heartbeat_timeout_ms (H1).'),
  hears('bob', 'PONG', 'Anything at all that arrives is an answer (H3).'),
  {
    at: 'bob',
    from: 'nobody',
    command: '',
    hex: '',
    note: 'Bob goes through a tunnel: his connection ends without a close, and his client backs off (E2a).',
  },
  says('alice', 'SEND', 5, message('bob', 'm-3', 'are you there?'), 'Meanwhile Alice writes again.'),
  hears('alice', 'SEND_ACK', 'The second of the conversation.'),
  says(
    'alice',
    'SEND',
    6,
    message('bob', 'm-3', 'are you there?'),
    'Had this ack been lost, her client would send the same again under the same id (S3).',
  ),
  hears('alice', 'SEND_ACK', 'The same place, and duplicate is set: nobody is given it twice.'),
  says(
    'bob',
    'LOGIN',
    1,
    await login('bob', 'phone-b', { intent: Intent.AUTOMATIC, generation: KNOWN, ticket: 'ticket' }),
    'Bob is back by himself (L5), with the generation and ticket of his session (L8).',
  ),
  hears('bob', 'LOGIN_ACK', 'resumed: the session goes on.'),
  says('bob', 'SYNC', 2, list, 'What has moved meanwhile?'),
  hears('bob', 'SYNC_ACK', 'last_seq is 2, and his cursor is 1.'),
  says(
    'bob',
    'SYNC',
    3,
    {
      page: { conversationId: CONVERSATION, withUser: '', direction: Direction.FORWARD, fromSeq: 1, limit: 0, epoch: KNOWN, digest: KNOWN },
      list: undefined,
    },
    'He pulls from his cursor on, and says which history he knows (Y6): the epoch of the list, the digest of message 1.',
  ),
  hears('bob', 'SYNC_ACK', 'The message that he missed. more is false: his client is online, and pushes are shown again (R6).'),
  says('bob', 'DELIVER_ACK', 0, upTo(2), 'What was pulled is acknowledged like what was pushed (R3).'),
  hears('alice', 'EVENT', 'The receipt for it.'),
  says('bob', 'READ', 4, { conversationId: CONVERSATION, seq: 2 }, 'Bob has seen it on his screen (Y3).'),
  hears('bob', 'READ_ACK', 'The position that holds now.'),
  hears('alice', 'EVENT', 'Alice sees that he has read it.'),
  says('alice', 'LOGOUT', 7, {}, 'Alice logs out (L6).'),
  hears('alice', 'CLOSE', 'logged_out, 4206: of the range that says stop (E2).'),
]

writeFileSync(sessionFile, `${JSON.stringify(await play(steps, 'record'), null, 1)}\n`)
