import { expect, test } from 'vitest'
import { keepHouse } from '../../tcp-core/sending/housekeeping.ts'
import { Alarm } from '../../tcp-core/time/alarm.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { virtualCore } from '../support/virtual-core.ts'

const DAY_MS = 86_400_000

test('an alarm rings at the earliest time it was told, at most once a second, and not after it was stopped', () => {
  const clock = new ManualClock(1_000_000)
  const alarm = new Alarm(clock)
  const rings: number[] = []
  alarm.set(1_050_000)
  alarm.start(() => rings.push(clock.now()))
  alarm.set(1_020_000)
  alarm.set(1_030_000)
  clock.turn(19_999)
  expect(rings).toEqual([])
  clock.turn(1)
  expect(rings).toEqual([1_020_000])
  // Only the earliest is known; whoever is called says what is next.
  clock.turn(DAY_MS)
  expect(rings).toEqual([1_020_000])
  const now = clock.now()
  alarm.set(now + 100)
  clock.turn(200)
  alarm.set(now + 300)
  clock.turn(899)
  expect(rings).toEqual([1_020_000, now + 100])
  clock.turn(1)
  expect(rings).toEqual([1_020_000, now + 100, now + 1100])
  alarm.set(now + 30 * DAY_MS)
  clock.turn(29 * DAY_MS)
  expect(rings.length).toBe(3)
  clock.turn(DAY_MS)
  expect(rings.length).toBe(4)
  alarm.set(clock.now() + 5000)
  alarm.stop()
  alarm.set(clock.now() + 100)
  clock.turn(DAY_MS)
  expect(rings.length).toBe(4)
})

/** Says when something is due, and notes when it was asked. */
class DueLog extends MemoryLog {
  due: number | undefined
  readonly sweeps: number[] = []

  override async expireMessages(now?: number): Promise<void> {
    this.sweeps.push(now ?? 0)
    if (this.due !== undefined && this.due <= (now ?? 0)) this.due = undefined
    if (this.fault) throw new Error(this.fault.message)
  }

  override async nextDue(): Promise<number | undefined> {
    return this.due
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('the house is kept when something is due, and the disk has its rest otherwise', async () => {
  const clock = new ManualClock(1_000_000)
  const log = new DueLog()
  log.due = 1_000_000 + DAY_MS
  const core = virtualCore({ clock, log, verifyToken: () => Promise.reject(new Error()), complain: () => {} })
  keepHouse(core)
  clock.turn(0)
  await settled()
  expect(log.sweeps).toEqual([1_000_000])
  clock.turn(DAY_MS - 1)
  await settled()
  expect(log.sweeps.length).toBe(1)
  clock.turn(1)
  await settled()
  expect(log.sweeps).toEqual([1_000_000, 1_000_000 + DAY_MS])
  clock.turn(DAY_MS)
  await settled()
  expect(log.sweeps.length).toBe(2)
  // What comes in the meantime says so itself.
  core.alarm.set(clock.now() + 5000)
  clock.turn(5000)
  await settled()
  expect(log.sweeps.length).toBe(3)
  core.alarm.stop()
})

test('what could not be done is tried again', async () => {
  const clock = new ManualClock(1_000_000)
  const log = new DueLog()
  const core = virtualCore({ clock, log, verifyToken: () => Promise.reject(new Error()), complain: () => {} })
  log.fault = { kind: 'disk-full', message: 'full' }
  keepHouse(core)
  for (let i = 0; i < 3; i++) {
    clock.turn(1000)
    await settled()
  }
  expect(log.sweeps.length).toBe(3)
  log.fault = undefined
  clock.turn(1000)
  await settled()
  clock.turn(DAY_MS)
  await settled()
  expect(log.sweeps.length).toBe(4)
  core.alarm.stop()
})
