import { expect, test } from 'vitest'
import { Intake } from '../../tcp-core/limits/intake.ts'

const MIB = 1024 * 1024

function sender() {
  return {
    isRead: true,
    pause() {
      this.isRead = false
    },
    resume() {
      this.isRead = true
    },
  }
}

test('who sends while 32 MiB wait is read no further until only 8 are left', () => {
  const intake = new Intake()
  const [early, late] = [sender(), sender()]
  for (let i = 0; i < 31; i++) intake.took(MIB, early)
  expect(early.isRead).toBe(true)
  intake.took(MIB, late)
  expect([early.isRead, late.isRead]).toEqual([true, false])
  for (let waiting = 31; waiting > 8; waiting--) {
    intake.settled(MIB)
    expect([waiting, late.isRead]).toEqual([waiting, false])
  }
  intake.settled(MIB)
  expect(late.isRead).toBe(true)
  intake.settled(8 * MIB - MIB)
  expect(intake.pendingBytes).toBe(MIB)
})

test('what nobody waits for counts, too', () => {
  const intake = new Intake()
  const one = sender()
  intake.took(40 * MIB, undefined)
  intake.took(1, one)
  expect(one.isRead).toBe(false)
})
