import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, describe, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { directConversationId } from '../../shared/conversation-id.ts'
import { DeviceClass, Intent, PresenceAudience } from '../../shared/gen/hawser.ts'
import { AccessList } from '../../tcp-core/limits/access-list.ts'
import { Gate } from '../../tcp-core/limits/gate.ts'
import { parseNetworks } from '../../tcp-core/limits/ip-address.ts'
import { establishSession } from '../../tcp-core/login/establish-session.ts'
import { PolicyHook } from '../../tcp-core/policy/policy-hook.ts'
import { keepHouse } from '../../tcp-core/sending/housekeeping.ts'
import { Connection } from '../../tcp-core/sessions/connection.ts'
import { settled, VirtualHouse } from '../ephemeral/virtual-house.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { QuietTransport } from '../support/quiet-transport.ts'
import { SLOT_MS, virtualCore } from '../support/virtual-core.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const STEPS = { '40 days back': -40 * DAY, 'a day back': -DAY, 'an hour back': -60 * MINUTE, '3 minutes on': 3 * MINUTE, 'a day on': DAY }
/** Late enough that 40 days before is a date still. */
const BEGIN = 1_700_000_000_000
/** What has a date is looked at so often: in the log (alarm.ts), and at a session (connection.ts). */
const ALARM_LOOK_MS = 10_000
const SESSION_LOOK_MS = MINUTE

const logger = pino({ level: 'silent' })
const folder = mkdtempSync(join(tmpdir(), 'hawser-date-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function house(log = new MemoryLog()) {
  const clock = new ManualClock(BEGIN)
  const core = virtualCore({
    clock,
    log,
    verifyToken: () => Promise.reject(new Error('nobody logs in by a token here')),
    complain: (what, error) => {
      throw new Error(what, { cause: error })
    },
  })
  const connect = () => {
    const transport = new QuietTransport()
    const entry = core.gate.enter(transport.remoteAddress)
    if ('code' in entry) throw new Error(entry.reason)
    const connection = new Connection(core, transport, entry)
    connection.start()
    return { transport, connection }
  }
  const login = (expiresAt: number, { id = 'd', instanceId = '', formerGeneration = 0 } = {}) => {
    const { transport, connection } = connect()
    const device = { id, class: DeviceClass.PHONE, instanceId, client: '' }
    const intent = formerGeneration > 0 ? Intent.AUTOMATIC : Intent.PERSON
    const session = establishSession(core, connection, { userId: 'alice', device, intent, formerGeneration, expiresAt, keyName: '' })
    return { transport, connection, session }
  }
  return { clock, core, connect, login }
}

describe.each(Object.entries(STEPS))('the date is set %s:', (_, step) => {
  test('without LOGIN a connection ends in its time', () => {
    const { clock, core, connect } = house()
    const { loginTimeoutMs } = core.config
    const { transport } = connect()
    clock.turn(loginTimeoutMs / 2)
    clock.step(step)
    clock.turn(loginTimeoutMs / 2 - 1)
    expect(transport.closedWith).toBe(0)
    clock.turn(1 + 2 * SLOT_MS)
    expect(transport.closedWith).toBe(CODES.login_timeout.close)
  })

  test('a silent session ends in its time', () => {
    const { clock, core, login } = house()
    const { heartbeatTimeoutMs } = core.config
    const { transport } = login(BEGIN + 100 * DAY)
    clock.turn(heartbeatTimeoutMs / 2)
    clock.step(step)
    clock.turn(heartbeatTimeoutMs / 2 - 1)
    expect(transport.closedWith).toBe(0)
    clock.turn(1 + 2 * SLOT_MS)
    expect(transport.closedWith).toBe(CODES.heartbeat_timeout.close)
  })

  test('20 sessions that are well live on, also when it is set right again', () => {
    const { clock, login } = house()
    const peers = Array.from({ length: 20 }, (_, i) => login(BEGIN + 100 * DAY, { instanceId: `tab ${i}` }))
    const live = () => {
      for (let passed = 0; passed < 5 * MINUTE; passed += 10_000) {
        clock.turn(10_000)
        for (const { connection } of peers) connection.heardFrom()
      }
    }
    clock.step(step)
    live()
    clock.step(-step)
    live()
    expect(peers.map(({ transport }) => transport.closedWith)).toEqual(peers.map(() => 0))
  })

  test('a session ends by the date of its token’s expiry, a minute later at most', () => {
    const { clock, login } = house()
    const expiresAt = BEGIN + Math.max(step, 0) + 10 * MINUTE
    const { transport, connection } = login(expiresAt)
    clock.turn(30_000)
    clock.step(step)
    // Of the long way that it is now off only the last bit is gone.
    if (expiresAt - clock.now() > 20 * MINUTE) clock.step(expiresAt - clock.now() - 20 * MINUTE)
    while (clock.now() < expiresAt) {
      expect(transport.closedWith).toBe(0)
      connection.heardFrom()
      clock.turn(1000)
    }
    for (let passed = 0; passed <= SESSION_LOOK_MS + 2 * SLOT_MS; passed += 1000) {
      connection.heardFrom()
      clock.turn(1000)
    }
    expect(transport.closedWith).toBe(CODES.token_expired.close)
  })

  test('a later session has the higher generation, also when nobody was there meanwhile (L5)', () => {
    const { clock, core, login } = house()
    const first = login(BEGIN + 100 * DAY, { id: 'one' })
    const { generation } = first.session
    first.connection.close('logged_out')
    clock.turn(MINUTE)
    clock.step(step)
    const second = login(BEGIN + 100 * DAY, { id: 'two' })
    expect(second.session.generation).toBeGreaterThan(generation)
    // So the first device, which comes back by itself, does not displace the one that came after it.
    expect(() => login(BEGIN + 100 * DAY, { id: 'one', formerGeneration: generation })).toThrow('since then')
    expect(core.registry.sessionCount).toBe(1)
  })

  test('rates: what was too much in one second may be sent in the next', () => {
    const { clock, core, login } = house()
    const { transport, connection } = login(BEGIN + 100 * DAY)
    const { sessionPacketsPerSecond } = core.config
    for (let i = 0; i < 2 * sessionPacketsPerSecond; i++) connection.heardFrom()
    clock.step(step)
    clock.turn(1000)
    for (let i = 0; i < 2 * sessionPacketsPerSecond; i++) connection.heardFrom()
    expect(transport.closedWith).toBe(0)
    connection.heardFrom()
    expect(transport.closedWith).toBe(CODES.rate_exceeded.close)
  })

  test('a late acknowledgement is late in its time (R7)', () => {
    const { clock, core, login } = house()
    const { session, connection } = login(BEGIN + 100 * DAY)
    session.push('dm/alice/bob', 1, new Uint8Array(12))
    const before = connection.packetsOut
    clock.step(step)
    const live = (milliseconds: number) => {
      for (let passed = 0; passed < milliseconds; passed += 1000) {
        connection.heardFrom()
        clock.turn(1000)
      }
    }
    live(core.config.ackTimeoutMs - 1000)
    expect(connection.packetsOut).toBe(before)
    live(1000 + 2 * SLOT_MS)
    expect(connection.packetsOut).toBe(before + 1)
  })

  test('the gate: the minute’s window turns, an address may come and log in again', () => {
    const clock = new ManualClock(BEGIN)
    const limits = {
      connectionsPerAddress: 10,
      connectsPerAddressPerMinute: 2,
      connectsPerNetworkPerMinute: 10,
      unauthenticatedConnections: 10,
    }
    const gate = new Gate(new AccessList(join(folder, `gate${step}.json`), clock, logger), limits, parseNetworks([]), clock)
    const enter = () => {
      const entry = gate.enter('10.0.0.1')
      if ('code' in entry) return undefined
      entry.leave()
      return entry
    }
    const entry = enter()
    for (let i = 0; i < 20; i++) entry?.loginFailed(clock.elapsed())
    enter()
    expect(enter()).toBe(undefined)
    clock.step(step)
    expect(enter()).toBe(undefined)
    expect(entry?.loginDelay(clock.elapsed())).toBe(MINUTE)
    clock.turn(MINUTE)
    expect(enter()?.loginDelay(clock.elapsed())).toBe(0)
  })

  test('a ban ends by its date', () => {
    const clock = new ManualClock(BEGIN)
    const access = new AccessList(join(folder, `ban${step}.json`), clock, logger)
    const until = BEGIN + Math.max(step, 0) + MINUTE
    access.addBan({ subject: 'user:mallory', until, reason: '' })
    clock.step(step)
    expect(access.refusalOfUser('mallory')).toBeTruthy()
    clock.turn(until - 1 - clock.now())
    expect(access.refusalOfUser('mallory')).toBeTruthy()
    clock.turn(1)
    expect(access.refusalOfUser('mallory')).toBe(undefined)
  })

  test('the policy is asked again after a minute', async () => {
    const clock = new ManualClock(BEGIN)
    let asked = 0
    const metrics = { policyAnswered: () => asked++ }
    const settings = { policyUrl: 'http://127.0.0.1:9', policyTimeoutMs: 1000, policyFailure: 'open' } as const
    const parts = { clock, logger: { warn: () => {}, error: () => {} }, metrics } as unknown as ConstructorParameters<typeof PolicyHook>[1]
    const hook = new PolicyHook(settings, parts)
    const judge = async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const send = { sender: 'alice', conversationId: 'dm/alice/bob', bytes: 1, isJudged: true, isGone: false }
      hook.judge({ ...send, proceed: resolve, refuse: () => resolve() }, 'bob')
      await promise
      return asked
    }
    expect(await judge()).toBe(1)
    clock.step(step)
    clock.turn(1000)
    expect(await judge()).toBe(1)
    clock.turn(MINUTE)
    expect(await judge()).toBe(2)
  })

  test('what the log has for a date, scheduled or to disappear, is due by it, ten seconds later at most, and again', async () => {
    const log = new DueLog()
    const { clock, core } = house(log)
    keepHouse(core)
    await rest(clock, 1000)
    const dueAt = BEGIN + Math.max(step, 0) + MINUTE
    log.due = dueAt
    core.alarm.set(dueAt)
    await rest(clock, 1000)
    clock.step(step)
    await rest(clock, 30_000)
    expect(log.doneAt).toBe(undefined)
    // Back to where it was, or on to just before it is due: another step.
    clock.step(dueAt - 1000 - clock.now())
    await rest(clock, 1000 + ALARM_LOOK_MS)
    expect(log.doneAt).toBeGreaterThanOrEqual(dueAt)
    expect(log.doneAt).toBeLessThanOrEqual(dueAt + ALARM_LOOK_MS)
    // What comes next does not wait out the step.
    const next = clock.now() + 5000
    log.doneAt = undefined
    log.due = next
    clock.step(step)
    log.due = clock.now() + 5000
    core.alarm.set(log.due)
    await rest(clock, 6000)
    expect(log.doneAt).toBe(log.askedFor)
    core.alarm.stop()
  })

  test('typing and presence are told in their time', async () => {
    const house = new VirtualHouse()
    house.log.sightOf = () => ({ status: '', audience: PresenceAudience.KNOWN, lastSeen: 0 })
    const [alice, bob] = [house.login('alice'), house.login('bob')]
    const type = async (stopped: boolean) => {
      const conversationId = directConversationId('alice', 'bob')
      alice.send(Command.TYPING, { conversationId, userId: '', stopped })
      await settled()
    }
    await bob.watch(['alice'])
    await type(false)
    expect(bob.events()).toHaveLength(1)
    await type(true)
    house.clock.step(step)
    house.clock.turn(1000)
    expect(bob.events()).toHaveLength(1)
    house.clock.turn(1000)
    await type(false)
    expect(bob.events()).toHaveLength(1)
    house.clock.turn(1000)
    alice.ends()
    house.clock.step(step)
    house.clock.turn(2499)
    expect(bob.events()).toEqual([])
    house.clock.turn(1)
    expect(bob.events()[0]?.presence[0]?.online).toEqual([])
  })
})

/** Has one thing that is due at a date. */
class DueLog extends MemoryLog {
  due: number | undefined
  doneAt: number | undefined
  askedFor: number | undefined

  override async expireMessages(now = 0): Promise<void> {
    if (this.due === undefined || this.due > now) return
    this.doneAt = now
    this.askedFor = this.due
    this.due = undefined
  }

  override async nextDue(): Promise<number | undefined> {
    return this.due
  }
}

/** Turns the clock in small steps, so that what promises do goes with it. */
async function rest(clock: ManualClock, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 500) {
    clock.turn(500)
    await settled()
  }
}
