import { expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import type { Send } from '../../shared/gen/hawser.ts'
import { same } from './model/same.ts'
import type { AttemptOf, Operation, Refusal, Working } from './operation.ts'
import { decoded, type Scene } from './scene.ts'
import type { Stage } from './stage.ts'

/** Holds every operation, and every refusal, against a house, on all stages at the same time. */
export function testOperations(operations: readonly Operation[], stages: () => readonly Stage[]): void {
  const each = (play: (stage: Stage) => Promise<void>) => Promise.all(stages().map((stage) => told(stage, play)))
  for (const { name, works, refused } of operations) {
    for (const working of works) test(`${name}: ${working.when}`, () => each((stage) => succeeds(stage, working)))
    for (const refusal of refused) test(`${name}, ${refusal.code}: ${refusal.when}`, () => each((stage) => refuses(stage, refusal)))
  }
}

/** What fails says by which door. */
async function told(stage: Stage, play: (stage: Stage) => Promise<void>): Promise<void> {
  try {
    await play(stage)
  } catch (cause) {
    if (cause instanceof Error) cause.message = `by ${stage.door}: ${cause.message}`
    throw cause
  }
}

async function begun(stage: Stage, { before }: Working | Refusal): Promise<Scene> {
  const scene = await stage.scene()
  await before?.(scene)
  await stage.quiet()
  return scene
}

async function succeeds(stage: Stage, working: Working): Promise<void> {
  const scene = await begun(stage, working)
  const attempt = working.attempt(scene)
  if (attempt.command === Command.SEND) return sends(stage, scene, working, attempt)
  if (attempt.command === Command.TYPING) {
    stage.say(attempt)
    await working.shows(scene, undefined)
  } else await working.shows(scene, await stage.ask(attempt))
  expect((await stage.quiet()).length, 'nobody is pushed a message').toBe(0)
}

/** The ack, the push, the log, what can be seen, and the ack again. */
async function sends(stage: Stage, scene: Scene, working: Working, attempt: AttemptOf<typeof Command.SEND>): Promise<void> {
  const { by, body } = attempt
  const frame = await stage.ask(attempt)
  const ack = decoded(frame, Command.SEND_ACK)
  const isEntry = ({ conversationId, seq }: { conversationId: string; seq: number }) =>
    conversationId === ack.conversationId && seq === ack.seq
  const entry = {
    conversationId: ack.conversationId,
    seq: ack.seq,
    messageId: ack.messageId,
    clientMessageId: body.clientMessageId,
    sender: stage.user(by),
  }
  if (ack.scheduledFor === undefined) {
    for (const name of new Set([by, ...(working.heardBy ?? [])])) {
      const heard = await stage.heard(name, isEntry)
      expect(heard).toMatchObject(entry)
      expectSame(heard, body)
    }
    const { messages } = await scene.page(by, ack.conversationId, ack.seq - 1)
    expect(messages[0]).toMatchObject(entry)
  }
  expect(
    (await stage.quiet()).filter((message) => !isEntry(message)),
    'nothing else is pushed',
  ).toEqual([])
  await working.shows(scene, frame)
  await stage.quiet()
  const again = decoded(await stage.ask(attempt), Command.SEND_ACK)
  expect(again).toEqual({ ...ack, duplicate: true })
  expect(await stage.quiet(), 'sent again, it is pushed to nobody').toEqual([])
}

function expectSame(heard: { content: Uint8Array; change?: unknown }, { content, change }: Send): void {
  expect(Buffer.from(heard.content)).toEqual(Buffer.from(content))
  same(heard.change, change, 'the change')
}

async function refuses(stage: Stage, refusal: Refusal): Promise<void> {
  const scene = await begun(stage, refusal)
  const attempt = refusal.attempt(scene)
  const place = 'conversationId' in attempt.body ? attempt.body.conversationId : scene.group
  const lastSeqs = () => Promise.all([scene.lastSeq('owner', place), scene.lastSeq(attempt.by, place)])
  const before = await lastSeqs()
  const frame = await stage.ask(attempt)
  const error = decoded(frame, Command.ERROR)
  expect(error).toMatchObject({ code: refusal.code, field: refusal.field ?? '' })
  expect(await stage.quiet(), 'nobody hears of it').toEqual([])
  expect(await lastSeqs(), 'nothing is logged').toEqual(before)
}

/** The text of a body, for what shows it. */
export const text = (content: Uint8Array | undefined) => Buffer.from(content ?? []).toString()
