import { afterEach, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { LoneCore, OWN_DOORS } from '../support/lone-core.ts'
import type { WirePeer } from '../support/wire-peer.ts'

let server: LoneCore
afterEach(() => server?.dispose())

/** Tries to log in; gives the peer, or the return time that it was told before its close. */
async function tryLogin(door: (typeof OWN_DOORS)[number], user: string): Promise<WirePeer | number> {
  const peer = await server.open(door)
  try {
    await peer.login(await server.signer.token(user))
    return peer
  } catch {
    expect(await peer.closed).toMatchObject({ code: CODES.overloaded.close })
    const { reason, reconnectAfterMs } = await peer.nextOf(Command.GOAWAY)
    expect(reason).toBe('overloaded')
    return reconnectAfterMs
  }
}

test('past its memory limit a core asks new logins to come back, each at a time of its own', async () => {
  server = await LoneCore.start({ HAWSER_MAX_MEMORY_MB: '1' })
  const times: (WirePeer | number)[] = []
  for (let i = 0; i < 4; i++) for (const door of OWN_DOORS) times.push(await tryLogin(door, 'alice'))
  for (const time of times) {
    expect(time).toBeGreaterThanOrEqual(2000)
    expect(time).toBeLessThanOrEqual(4000)
  }
  expect(new Set(times).size).toBeGreaterThan(1)
  expect(await server.core.metric('hawser_closes_before_login_total', { code: 'overloaded' })).toBe(times.length)
})

test('after its event loop stood still: sessions go on, logins wait, and are welcome again', async () => {
  server = await LoneCore.start({ HAWSER_MAX_LOOP_DELAY_MS: '40' })
  let inside = await tryLogin('tcp', 'inside')
  // On a busy machine it may begin with a delay.
  while (typeof inside === 'number') inside = await tryLogin('tcp', 'inside')
  server.core.signal('SIGSTOP')
  await new Promise((resolve) => setTimeout(resolve, 2500))
  server.core.signal('SIGCONT')
  await expect.poll(async () => typeof (await tryLogin('tcp', 'outside')), { timeout: 3000, interval: 10 }).toBe('number')
  expect((await inside.ask(Command.PING, 5, {})).command).toBe(Command.PONG)
  await expect.poll(async () => typeof (await tryLogin('tcp', 'outside')), { timeout: 5000, interval: 50 }).toBe('object')
})
