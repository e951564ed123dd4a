import { expect, test } from 'vitest'
import { Audiences, type GroupAudience } from '../../tcp-core/delivery/audiences.ts'
import type { Audience, AudiencePage, AudienceQuery, LogStore } from '../../tcp-core/log/log-store.ts'
import { ManualClock } from '../support/manual-clock.ts'

const GROUP = 'group/g'
const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const member = (name: string, fromSeq = 0, untilSeq = 0): Audience => ({ name, fromSeq, untilSeq })

/** Audiences whose log answers when a test says what. */
function house() {
  const asked: { query: AudienceQuery; answer: (page: AudiencePage) => void; fail: () => void }[] = []
  const log = {
    audience: (query: AudienceQuery) =>
      new Promise<AudiencePage>((resolve, reject) => asked.push({ query, answer: resolve, fail: () => reject(new Error('no disk')) })),
  } as Pick<LogStore, 'audience'> as LogStore
  const clock = new ManualClock()
  const warnings: string[] = []
  const logger = { warn: (_facts: unknown, what: string) => warnings.push(what) }
  const audiences = new Audiences({ log, clock, logger: logger as never })
  const heard: string[] = []
  const message = (seq: number) => audiences.use(GROUP, seq, (members) => heard.push(`${seq}: ${namesOf(members)}`))
  const answer = async (members: Audience[], next = ''): Promise<void> => {
    asked.shift()?.answer({ members, next })
    await microtasks()
  }
  return { audiences, asked, heard, message, answer, clock, warnings }
}

const namesOf = (members: GroupAudience): string => [...members.keys()].toSorted().join(' ')

test('who has left by the time of the answer still hears of what came before, and of nothing after it', async () => {
  const { audiences, heard, message, answer } = house()
  message(5)
  audiences.use(GROUP, 6, (members) => {
    heard.push(`6: ${namesOf(members)}`)
    audiences.letOut(GROUP, ['bob'])
  })
  message(7)
  await answer([member('alice'), member('bob', 0, 6)])
  expect(heard).toEqual(['5: alice bob', '6: alice bob', '7: alice'])
})

test('who had left before the first of them is not among the members', async () => {
  const { heard, message, answer } = house()
  message(7)
  await answer([member('alice'), member('bob', 0, 6)])
  message(8)
  expect(heard).toEqual(['7: alice', '8: alice'])
})

test('who came in the meantime is let in once, and who is back after leaving hears on', async () => {
  const { audiences, heard, message, answer } = house()
  audiences.use(GROUP, 6, (members) => {
    audiences.letIn(GROUP, ['carol', 'bob'], 5)
    heard.push(`6: ${namesOf(members)} from ${members.get('bob')}`)
  })
  message(7)
  await answer([member('alice'), member('carol', 5), member('bob', 0, 6)])
  message(8)
  expect(heard).toEqual(['6: alice bob carol from 5', '7: alice bob carol', '8: alice bob carol'])
})

test('a large group comes in parts', async () => {
  const { heard, message, asked, answer } = house()
  message(1)
  expect(asked[0]?.query).toMatchObject({ conversationId: GROUP, cursor: '' })
  await answer([member('alice')], 'next')
  expect(heard).toEqual([])
  expect(asked[0]?.query.cursor).toBe('next')
  await answer([member('bob')])
  expect(heard).toEqual(['1: alice bob'])
})

test('a log that cannot say is asked again, from the beginning', async () => {
  const { heard, message, asked, answer, clock, warnings } = house()
  message(1)
  await answer([member('ghost')], 'next')
  asked.shift()?.fail()
  await microtasks()
  expect(warnings.length).toBe(1)
  clock.turn(1000)
  await answer([member('alice')])
  expect(heard).toEqual(['1: alice'])
})

test('groups that are not there are not kept', async () => {
  const { audiences, asked } = house()
  for (let i = 0; i < 100; i++) audiences.prepare(`group/none-${i}`)
  for (const { answer } of asked.splice(0)) answer({ members: [], next: '' })
  await microtasks()
  audiences.prepare('group/none-1')
  expect(asked.length).toBe(1)
})

test('what is kept of groups has a bound in bytes, whatever the names are', async () => {
  const { audiences, asked } = house()
  const LONG = 128
  for (let group = 0; group < 100; group++) {
    audiences.prepare(`group/g${group}`)
    const members = Array.from({ length: 5000 }, (_, i) => member(`${group}-${i}`.padEnd(LONG, 'x')))
    asked.shift()?.answer({ members, next: '' })
    await microtasks()
  }
  const known = Array.from({ length: 100 }, (_, group) => audiences.known(`group/g${group}`)).filter(Boolean).length
  expect(known).toBeGreaterThan(10)
  expect(known * 5000 * (2 * LONG + 80)).toBeLessThanOrEqual(64 * 1024 * 1024)
  expect(audiences.known('group/g99')).toBeDefined()
})
