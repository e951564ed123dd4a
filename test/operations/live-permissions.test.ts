import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { LoneCore } from '../support/lone-core.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import { Model, type ModelEntry, type Request, RULES } from './model/model.ts'
import { same } from './model/same.ts'
import { Cast, history, type Step } from './model/steps.ts'

const runs = Number(process.env.HISTORIES ?? 12)
const seed = Number(process.env.SEED ?? 20_261_122)

let core: LoneCore
let count = 0
beforeAll(async () => {
  const { editSeconds, recallSeconds, maxGroupMembers } = RULES
  core = await LoneCore.start({
    HAWSER_EDIT_SECONDS: String(editSeconds),
    HAWSER_RECALL_SECONDS: String(recallSeconds),
    HAWSER_MAX_GROUP_MEMBERS: String(maxGroupMembers),
  })
})
afterAll(() => core.dispose())

test('in any history everybody is pushed what is his to see, as it happens, and nothing else', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(history(50), async (steps) => {
      count++
      await playLive(steps, new Cast(`h${count}-`))
    }),
    { numRuns: runs, seed },
  )
})

/** One session of each user; everything is sent over the wire, and what every session is pushed is compared. */
async function playLive(steps: readonly Step[], cast: Cast): Promise<void> {
  const model = new Model()
  const peers = new Map<string, WirePeer>()
  for (const user of cast.users) peers.set(user, await core.login('tcp', user, { deviceId: user }))
  const expected = new Map<string, unknown[]>(cast.users.map((user) => [user, []]))
  try {
    for (const [at, step] of steps.entries()) {
      const request = cast.request(step, model, Date.now())
      if (!request) continue
      const outcome = model.apply(request)
      const said = await sent(peers.get(request.by) as WirePeer, at + 2, request)
      same(said, 'refused' in outcome ? outcome.refused : outcome.entry.seq, JSON.stringify(request))
      if ('refused' in outcome) continue
      // R1: not to the session that it came from.
      for (const [user, how] of outcome.heard) if (user !== request.by) expected.get(user)?.push(pushed(outcome.entry, how))
    }
    for (const [user, peer] of peers) same(await heard(peer), expected.get(user), `what ${user} is pushed`)
  } finally {
    for (const peer of peers.values()) peer.end()
  }
}

/** A seq, or the code of the refusal. */
async function sent(peer: WirePeer, requestId: number, request: Request): Promise<number | string> {
  const { conversationId, clientMessageId, content, details, change } = request
  const text = change ? '' : 'text/plain'
  const body = { toUser: '', conversationId, clientMessageId, contentType: text, content: Buffer.from(content), details, change }
  const answer = await peer.ask(Command.SEND, requestId, body)
  if (answer.command === Command.ERROR) return decodeBody(Command.ERROR, answer.body).code
  expect(answer.command).toBe(Command.SEND_ACK)
  return decodeBody(Command.SEND_ACK, answer.body).seq
}

function pushed({ conversationId, seq, by, clientMessageId, content, details, change }: ModelEntry, how: 'whole' | 'blank') {
  return { conversationId, seq, sender: by, clientMessageId, content: Buffer.from(content), details, change: how === 'blank' ? {} : change }
}

/** Whatever was pushed before the answer to a PING. */
async function heard(peer: WirePeer): Promise<unknown[]> {
  await peer.ask(Command.PING, 1_000_000, {})
  return peer.frames
    .filter(({ command }) => command === Command.DELIVER)
    .map(({ body }) => {
      const { conversationId, seq, sender, clientMessageId, content, details, change } = decodeBody(Command.DELIVER, body)
      return { conversationId, seq, sender, clientMessageId, content, details, change }
    })
}
