import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Command } from '../../shared/commands.ts'
import { UPLINK_SUBPROTOCOL, UPLINK_TIME_HEADER } from '../../shared/uplink.ts'
import { House } from '../support/house.ts'
import { SettableDate } from '../support/settable-date.ts'
import { EdgeProcess } from './edge-process.ts'
import { PeerSocket } from './peer-socket.ts'

describe('U1: the token of a core whose clock is', () => {
  let edge: EdgeProcess
  beforeAll(async () => {
    edge = await EdgeProcess.start()
  })
  afterAll(() => edge.dispose())

  it.each([-295, -70, -7, 0, 7, 70, 295])('%d s ahead is taken, and not twice', async (clockAheadSeconds) => {
    const headers = { authorization: `Bearer ${await edge.uplinkToken({ clockAheadSeconds })}` }
    const socket = await PeerSocket.connect(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL], { headers })
    const refused = await PeerSocket.refusal(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL], { headers })
    expect(refused).toMatchObject({ status: 401, body: { message: 'The uplink token was used before.' } })
    socket.close()
  })

  it.each([
    [-400, /the core's clock is 40\d s behind the edge's; at most 300 s are tolerated/],
    [400, /the core's clock is (39\d|400) s ahead of the edge's; at most 300 s are tolerated/],
  ])('%d s ahead is refused, and told so', async (clockAheadSeconds, words) => {
    const headers = { authorization: `Bearer ${await edge.uplinkToken({ clockAheadSeconds })}` }
    const refused = await PeerSocket.refusal(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL], { headers })
    expect(refused).toMatchObject({ status: 401, body: { code: 'token_expired', message: expect.stringMatching(words) } })
  })

  it('is compared by the time that the edge tells it, refused or not', async () => {
    for (const clockAheadSeconds of [0, 400]) {
      const headers = { authorization: `Bearer ${await edge.uplinkToken({ clockAheadSeconds })}` }
      const time = await new Promise<number>((resolve) => {
        const socket = new WebSocket(edge.uplinkUrl('s0'), UPLINK_SUBPROTOCOL, { headers })
        for (const event of ['upgrade', 'unexpected-response']) {
          socket.on(event, (...args: { headers?: Record<string, string> }[]) => {
            resolve(Number(args.at(-1)?.headers?.[UPLINK_TIME_HEADER]))
            socket.terminate()
          })
        }
        socket.on('error', () => {})
      })
      expect(Math.abs(time - Date.now())).toBeLessThan(5000)
    }
  })
})

describe('a core whose clock is off', () => {
  const date = new SettableDate(130_000)
  let house: House
  beforeAll(async () => {
    house = await House.start({ env: date.env })
  })
  afterAll(async () => {
    await house?.dispose()
    date.dispose()
  })

  const uplink = async () => ((await house.core.admin('/edge')).body as { uplinks: Record<string, unknown>[] }).uplinks[0]

  it('has its uplink up to five minutes, and says by how much', async () => {
    await expect.poll(() => house.core.stderr).toMatch(/the core's clock is 13\d s ahead of the edge's/)
    expect((await uplink())?.clockAheadMs).toBeGreaterThan(129_000)
    const browser = await house.login('edge', 'alice')
    expect((await browser.ask(Command.PING, 5, {})).command).toBe(Command.PONG)
    browser.end()
  })

  it('is told beyond, and comes back when its clock is right', { timeout: 40_000 }, async () => {
    await date.set(-400_000)
    await house.restartEdge()
    await expect.poll(() => house.core.stderr, { timeout: 15_000 }).toContain("s behind the edge's; at most 300 s are tolerated")
    expect(await uplink()).toMatchObject({ state: 'down', why: expect.stringMatching(/^HTTP 401: .* 40\d s behind the edge's/) })
    await date.set(0)
    await expect.poll(async () => (await uplink())?.state, { timeout: 15_000 }).toBe('up')
  })
})
