import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { LoneCore, OWN_DOORS } from '../support/lone-core.ts'

const LOGIN_TIMEOUT_MS = 1000
/** Shorter than the time for LOGIN on purpose: neither hides the other. */
const HEARTBEAT_TIMEOUT_MS = 700
/** The wheel looks every half second; the rest is for a busy machine. */
const SLACK_MS = 3000

let server: LoneCore
beforeAll(async () => {
  server = await LoneCore.start({
    HAWSER_LOGIN_TIMEOUT_MS: String(LOGIN_TIMEOUT_MS),
    HAWSER_HEARTBEAT_TIMEOUT_MS: String(HEARTBEAT_TIMEOUT_MS),
  })
})
afterAll(() => server?.dispose())

async function expectClose(closed: Promise<{ code: number }>, code: number, afterMs: number): Promise<void> {
  const start = performance.now()
  expect(await closed).toMatchObject({ code })
  const ms = performance.now() - start
  expect(ms).toBeGreaterThan(afterMs * 0.9)
  expect(ms).toBeLessThan(afterMs + SLACK_MS)
}

describe.each(OWN_DOORS)('by %s', (door) => {
  test('without LOGIN: login_timeout, PING or not', async () => {
    const [silent, pinging] = [await server.open(door), await server.open(door)]
    const timer = setInterval(() => pinging.send(Command.PING, 1, {}), 100)
    await Promise.all([silent, pinging].map(({ closed }) => expectClose(closed, CODES.login_timeout.close, LOGIN_TIMEOUT_MS)))
    clearInterval(timer)
  })

  test('a session that falls silent: heartbeat_timeout; one with heartbeats lives', async () => {
    const beating = await server.login(door, `beating-${door}`)
    const timer = setInterval(() => beating.send(Command.PING, 0, {}), 100)
    const silent = await server.login(door, `silent-${door}`)
    await expectClose(silent.closed, CODES.heartbeat_timeout.close, HEARTBEAT_TIMEOUT_MS)
    expect((await beating.ask(Command.PING, 5, {})).command).toBe(Command.PONG)
    clearInterval(timer)
    await expectClose(beating.closed, CODES.heartbeat_timeout.close, 0)
  })
})

test('each end is counted under its reason and door', async () => {
  for (const transport of OWN_DOORS) {
    expect(await server.core.metric('hawser_session_duration_seconds_count', { reason: 'heartbeat_timeout', transport })).toBe(2)
  }
  expect(await server.core.metric('hawser_closes_before_login_total', { code: 'login_timeout' })).toBe(2 * OWN_DOORS.length)
})
