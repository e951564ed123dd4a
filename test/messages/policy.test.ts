import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { ContactStep } from '../../shared/gen/hawser.ts'
import { CoreProcess } from '../support/core-process.ts'
import { type TokenSigner, tokenSigner } from '../support/tokens.ts'
import { acked, errorOf, Peer } from './peers.ts'

interface Question {
  readonly body: { sender: string; recipient: string; conversationId: string }
  readonly response: ServerResponse
}

/** The installation's own service: each question waits until the test answers it. */
class PolicyService {
  readonly server: Server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    request.on('end', () => {
      this.asked++
      const question = { body: JSON.parse(text) as Question['body'], response }
      const waiting = this.#waiting.shift()
      if (waiting) waiting(question)
      else this.#questions.push(question)
    })
  })
  asked = 0
  readonly #questions: Question[] = []
  readonly #waiting: ((question: Question) => void)[] = []

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/may-send`
  }

  next(): Promise<Question> {
    const question = this.#questions.shift()
    return question ? Promise.resolve(question) : new Promise((resolve) => this.#waiting.push(resolve))
  }

  async answer(answer: unknown, status = 200): Promise<Question['body']> {
    const { body, response } = await this.next()
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    return body
  }
}

let signer: TokenSigner
let service: PolicyService
let url: string
const cores: CoreProcess[] = []
beforeEach(async () => {
  signer = tokenSigner()
  service = new PolicyService()
  url = await service.start()
})
afterEach(async () => {
  for (const core of cores.splice(0)) await core.dispose()
  service.server.closeAllConnections()
  service.server.close()
})

async function startCore(env: Record<string, string> = {}): Promise<CoreProcess> {
  const core = await CoreProcess.start({
    tokenKey: signer.publicPem,
    env: { HAWSER_POLICY_URL: url, HAWSER_POLICY_TIMEOUT_MS: '20000', ...env },
  })
  cores.push(core)
  return core
}

const login = (core: CoreProcess, user: string) => Peer.login(core, signer, user)
const text = (words: string) => ({ content: Buffer.from(words) })

test('what is allowed passes, and is asked once; the other direction is another question', async () => {
  const core = await startCore()
  const [alice, bob] = [await login(core, 'alice'), await login(core, 'bob')]
  const first = alice.send('bob', 'one')
  expect(await service.answer({ allow: true })).toEqual({ sender: 'alice', recipient: 'bob', conversationId: 'dm/alice/bob' })
  expect((await first).seq).toBe(1)
  expect((await alice.send('bob', 'two')).seq).toBe(2)
  expect(acked(await alice.begin({ conversationId: 'dm/alice/bob', ...text('three') })).seq).toBe(3)
  expect(service.asked).toBe(1)
  const back = bob.send('alice', 'four')
  expect(await service.answer({ allow: true })).toEqual({ sender: 'bob', recipient: 'alice', conversationId: 'dm/alice/bob' })
  expect((await back).seq).toBe(4)
  expect(await core.metric('hawser_policy_answers_total', { answer: 'allow' })).toBe(2)
})

test('what is not allowed is forbidden with the reason, whatever says something; what says nothing passes', async () => {
  const core = await startCore()
  const alice = await login(core, 'alice')
  const sent = alice.begin({ toUser: 'bob', ...text('one') })
  await service.answer({ allow: false, reason: 'Bob is on holiday.' })
  expect(errorOf(await sent)).toMatchObject({ code: 'forbidden', message: 'Bob is on holiday.' })
  const conversationId = 'dm/alice/bob'
  for (const change of [
    { edit: { seq: 1, contentType: 'text/plain', content: Buffer.from('x') } },
    { react: { seq: 1, key: 'x', removed: false } },
    { contact: { step: ContactStep.REQUEST, note: 'x' } },
  ])
    expect(errorOf(await alice.begin({ conversationId, change }))).toMatchObject({ code: 'forbidden', message: 'Bob is on holiday.' })
  expect(errorOf(await alice.begin({ conversationId, change: { recall: { seq: 1 } } }))).toMatchObject({ code: 'message_unknown' })
  expect(service.asked).toBe(1)
  expect(await core.metric('hawser_policy_answers_total', { answer: 'deny' })).toBe(1)
})

test('groups, oneself and what one keeps for oneself are nobody’s business', async () => {
  const core = await startCore()
  const alice = await login(core, 'alice')
  const create = { name: '', description: '', avatar: '', attributes: [], members: ['bob'] }
  expect(acked(await alice.begin({ conversationId: 'group/g', change: { create } })).seq).toBe(1)
  expect((await alice.send('', 'all', { conversationId: 'group/g' })).seq).toBe(2)
  expect((await alice.send('alice', 'a note')).seq).toBe(1)
  expect(acked(await alice.begin({ conversationId: 'own/alice', change: { block: { user: 'eve', removed: false } } })).seq).toBe(1)
  expect(service.asked).toBe(0)
})

test('while it is asked, what goes there keeps its order and all else passes', async () => {
  const core = await startCore()
  const alice = await login(core, 'alice')
  const order: string[] = []
  const held = Array.from({ length: 20 }, (_, i) => alice.send('bob', `${i}`).then(({ seq }) => order.push(`bob ${seq}`)))
  const question = await service.next()
  const other = alice.send('carol', 'hello')
  expect(await service.answer({ allow: true })).toMatchObject({ recipient: 'carol' })
  order.push(`carol ${(await other).seq}`)
  question.response.end(JSON.stringify({ allow: true }))
  await Promise.all(held)
  expect(order).toEqual(['carol 1', ...Array.from({ length: 20 }, (_, i) => `bob ${i + 1}`)])
  expect((await alice.page('dm/alice/bob')).map(({ content }) => Buffer.from(content).toString())).toEqual(
    Array.from({ length: 20 }, (_, i) => `${i}`),
  )
})

test('a connection that is gone leaves nothing behind that would be sent later', async () => {
  const core = await startCore()
  let alice = await login(core, 'alice')
  alice.send('bob', 'never acknowledged', { clientMessageId: 'm' }).catch(() => {})
  const question = await service.next()
  alice.wire.end()
  await until(async () => (await core.metric('hawser_sessions')) === 0)
  question.response.end(JSON.stringify({ allow: true }))
  alice = await login(core, 'alice')
  expect((await alice.send('bob', 'another', { clientMessageId: 'm2' })).seq).toBe(1)
  expect((await alice.send('bob', 'never acknowledged', { clientMessageId: 'm' })).seq).toBe(2)
  expect(service.asked).toBe(1)
})

test.each([
  ['an error', 500, { allow: true }],
  ['something else', 200, { yes: 1 }],
])('closed: %s instead of an answer has the message sent again', async (_what, status, answer) => {
  const core = await startCore({ HAWSER_POLICY_FAILURE: 'closed' })
  const alice = await login(core, 'alice')
  const sent = alice.begin({ toUser: 'bob', ...text('one') })
  await service.answer(answer, status)
  const error = errorOf(await sent)
  expect([error.code, error.retryAfterMs > 0]).toEqual(['internal_error', true])
  await until(async () => core.stderr.includes('the policy did not answer'))
  expect(await core.metric('hawser_policy_answers_total', { answer: 'failed' })).toBe(1)
})

test('open: a policy that does not answer in time lets the message pass', async () => {
  const core = await startCore({ HAWSER_POLICY_FAILURE: 'open', HAWSER_POLICY_TIMEOUT_MS: '200' })
  const alice = await login(core, 'alice')
  const sent = alice.send('bob', 'one')
  await service.next()
  expect((await sent).seq).toBe(1)
  await until(async () => core.stderr.includes('no answer within 200 ms'))
})

test('closed: a service that is not there', async () => {
  service.server.close()
  const core = await startCore()
  const alice = await login(core, 'alice')
  expect(errorOf(await alice.begin({ toUser: 'bob', ...text('one') }))).toMatchObject({ code: 'internal_error' })
})

test('a scheduled message is judged when it is taken in and when its time comes', async () => {
  const core = await startCore({ HAWSER_LOG_LEVEL: 'info' })
  const [alice, bob] = [await login(core, 'alice'), await login(core, 'bob')]
  const sendAt = Date.now() + 3000
  const scheduled = alice.send('bob', 'later', { clientMessageId: 'm', sendAt })
  await service.answer({ allow: true })
  expect((await scheduled).scheduledFor).toBe(sendAt)
  // A new core has forgotten what it was told.
  await core.stop('SIGTERM')
  await core.start()
  await service.answer({ allow: false, reason: 'Too late in the evening.' })
  await until(async () => core.stderr.includes('a scheduled message was refused'))
  const back = await login(core, 'alice')
  await until(async () => (await back.query({ scheduled: { cursor: '' } })).scheduled?.scheduled[0]?.refusal === 'forbidden')
  expect(await back.page('dm/alice/bob')).toEqual([])
  bob.wire.end()
})

test('no more wait than the core holds', async () => {
  const core = await startCore({ HAWSER_SESSION_PACKETS_PER_SECOND: '100000', HAWSER_USER_PACKETS_PER_SECOND: '100000' })
  const alice = await login(core, 'alice')
  const answers = Array.from({ length: 300 }, (_, i) => alice.begin({ toUser: `user${i}`, ...text('x') }))
  const refused = await Promise.all(answers.slice(256))
  expect(new Set(refused.map((answer) => answer.command === Command.ERROR && errorOf(answer).code))).toEqual(new Set(['rate_limited']))
  for (let i = 0; i < 256; i++) await service.answer({ allow: true })
  expect((await Promise.all(answers.slice(0, 256))).every((answer) => acked(answer).seq === 1)).toBe(true)
})

/** Asks until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50))
}
