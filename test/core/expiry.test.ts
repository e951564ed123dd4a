import { expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { establishSession, renewSession } from '../../tcp-core/login/establish-session.ts'
import { Connection } from '../../tcp-core/sessions/connection.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { QuietTransport } from '../support/quiet-transport.ts'
import { SLOT_MS, virtualCore } from '../support/virtual-core.ts'

/** Much longer than the wheel's one round. */
const LIFE_MS = 10 * 60_000

function house(keepsHeartbeat: boolean) {
  const clock = new ManualClock()
  const core = virtualCore({
    clock,
    log: new MemoryLog(),
    verifyToken: () => Promise.reject(new Error('nobody logs in by a token here')),
    complain: (what, error) => {
      throw new Error(what, { cause: error })
    },
  })
  const transport = new QuietTransport(keepsHeartbeat)
  const entry = core.gate.enter(transport.remoteAddress)
  if ('code' in entry) throw new Error(entry.reason)
  const connection = new Connection(core, transport, entry)
  connection.start()
  const session = establishSession(core, connection, {
    userId: 'alice',
    device: { id: 'd', class: DeviceClass.PHONE, instanceId: '', client: '' },
    intent: Intent.PERSON,
    formerGeneration: 0,
    expiresAt: clock.now() + LIFE_MS,
    keyName: '',
  })
  /** With a heartbeat each second. */
  const live = (milliseconds: number): void => {
    for (let passed = 0; passed < milliseconds; passed += 1000) {
      connection.heardFrom()
      clock.turn(1000)
    }
  }
  return { clock, core, transport, session, live }
}

test.each([
  ['that the core listens for', false],
  ['that the edge listens for', true],
])('L7: a session %s lives as long as its token, however long that is, and not longer', (_what, keepsHeartbeat) => {
  const { transport, live } = house(keepsHeartbeat)
  live(LIFE_MS - 1000)
  expect(transport.closedWith).toBe(0)
  live(1000 + 2 * SLOT_MS)
  expect(transport.closedWith).toBe(CODES.token_expired.close)
})

test('L7: a fresh token moves the end, either way', () => {
  const { clock, core, transport, session, live } = house(true)
  live(LIFE_MS / 2)
  renewSession(core, session, { expiresAt: clock.now() + LIFE_MS, keyName: '' })
  live(LIFE_MS - 10_000)
  expect(transport.closedWith).toBe(0)
  renewSession(core, session, { expiresAt: clock.now() + 1000, keyName: '' })
  live(1000 + 2 * SLOT_MS)
  expect(transport.closedWith).toBe(CODES.token_expired.close)
})
