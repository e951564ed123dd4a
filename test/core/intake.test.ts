import { expect, test } from 'vitest'
import { Intake } from '../../tcp-core/limits/intake.ts'

const MIB = 1024 * 1024

function sender(canWait = true) {
  return {
    canWait,
    isRead: true,
    pause() {
      this.isRead = false
    },
    resume() {
      this.isRead = true
    },
  }
}

const load = (bytes: number, microseconds = 10) => ({ bytes, microseconds })

test('who sends while 32 MiB wait is read no further until only 8 are left', () => {
  const intake = new Intake()
  const late = sender()
  for (let i = 0; i < 31; i++) intake.took(`user ${i}`, load(MIB), sender())
  intake.took('late', load(MIB), late)
  expect(late.isRead).toBe(false)
  for (let i = 0; i < 23; i++) {
    intake.settled(`user ${i}`, load(MIB))
    expect([intake.pendingBytes / MIB, late.isRead]).toEqual([31 - i, false])
  }
  intake.settled('user 23', load(MIB))
  expect(late.isRead).toBe(true)
})

test('what nobody waits for counts, too', () => {
  const intake = new Intake()
  const one = sender()
  intake.took('scheduler', load(40 * MIB), undefined)
  intake.took('one', load(1), one)
  expect(one.isRead).toBe(false)
})

test.each([
  ['bytes', load(MIB), 7],
  ['time', load(100, 8000), 7],
] as const)('a user with much %s under way is read no further, over all sessions; others are', (_what, each, most) => {
  const intake = new Intake()
  const [first, second, other] = [sender(), sender(), sender()]
  for (let i = 0; i < most - 1; i++) intake.took('busy', each, first)
  intake.took('other', load(1), other)
  expect([first.isRead, other.isRead]).toEqual([true, true])
  intake.took('busy', each, second)
  intake.took('busy', each, first)
  expect([first.isRead, second.isRead, other.isRead]).toEqual([false, false, true])
  for (let i = 0; i < most - 1; i++) intake.settled('busy', each)
  expect([first.isRead, second.isRead]).toEqual([true, true])
  for (let i = 0; i < 2; i++) intake.settled('busy', each)
  intake.settled('other', load(1))
  expect(intake.pendingBytes).toBe(0)
})

test('where a source cannot wait alone, its user is refused instead, and nobody waits', () => {
  const intake = new Intake()
  const browser = sender(false)
  for (let i = 0; i < 7; i++) {
    intake.checkRoom('busy', browser)
    intake.took('busy', load(MIB), browser)
  }
  expect(browser.isRead).toBe(true)
  expect(() => intake.checkRoom('busy', browser)).toThrow(expect.objectContaining({ code: 'rate_limited', retryAfterMs: 100 }))
  expect(() => intake.checkRoom('other', sender(false))).not.toThrow()
  for (let i = 0; i < 5; i++) intake.settled('busy', load(MIB))
  expect(() => intake.checkRoom('busy', browser)).not.toThrow()
})

test('what a delivery takes is under way until it is done', () => {
  const intake = new Intake()
  const one = sender()
  intake.took('one', load(100), one)
  intake.grew('one', 60_000)
  intake.took('one', load(100), one)
  expect(one.isRead).toBe(false)
  intake.settled('one', load(100, 60_010))
  expect(one.isRead).toBe(true)
})
