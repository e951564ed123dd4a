import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../client/node.ts'
import { type DoorName, House } from '../support/house.ts'
import { SwallowingRelay } from '../support/swallowing-relay.ts'
import { WatchedClient } from './watched-client.ts'

/** H3, and what a busy machine may add to it. */
const NOTICED_MS = { send: 9_000, asked: 5_000, slack: 2_000 }

let house: House
beforeAll(async () => {
  house = await House.start()
}, 60_000)
afterAll(() => house?.dispose())

function address(door: DoorName): string {
  return door === 'tcp' ? house.core.tcp : new URL(house.url(door)).host
}

async function online(relay: SwallowingRelay, door: DoorName, user: string): Promise<WatchedClient> {
  const url = door === 'tcp' ? `tcp://${relay.address}` : `ws://${relay.address}/ws`
  const watched = new WatchedClient(url, { token: () => house.signer.token(user), client: user })
  await watched.client.ready()
  return watched
}

/** Milliseconds from `ask` until the client is online again. */
async function backAfter(watched: WatchedClient, ask: (client: Client) => void): Promise<number> {
  const from = performance.now()
  const back = watched.next('state', (state) => state === 'online')
  ask(watched.client)
  await back
  return performance.now() - from
}

describe.concurrent.each(['tcp', 'ws', 'edge'] as const)('by %s, a network that was left without a word', (door) => {
  test('is noticed by a send that is not acknowledged, which then arrives once', { timeout: 30_000 }, async () => {
    using relay = await SwallowingRelay.to(address(door))
    await using watched = await online(relay, door, `sender-${door}`)
    relay.swallow()
    let sent: Promise<unknown> = Promise.resolve()
    const took = await backAfter(watched, (client) => {
      sent = client.send({ to: 'somebody' }, 'into the void')
    })
    await expect(sent).resolves.toMatchObject({ seq: 1, duplicate: false })
    expect(took).toBeLessThan(NOTICED_MS.send + NOTICED_MS.slack)
    expect(relay.opened).toBe(2)
  })

  test.each(['reconnect', 'checkConnection'] as const)('is noticed after %s()', { timeout: 30_000 }, async (method) => {
    using relay = await SwallowingRelay.to(address(door))
    await using watched = await online(relay, door, `${method}-${door}`)
    relay.swallow()
    expect(await backAfter(watched, (client) => client[method]())).toBeLessThan(NOTICED_MS.asked + NOTICED_MS.slack)
    expect(relay.opened).toBe(2)
  })

  test('and one that was not left is kept', async () => {
    using relay = await SwallowingRelay.to(address(door))
    await using watched = await online(relay, door, `well-${door}`)
    watched.states.length = 0
    watched.client.reconnect()
    watched.client.checkConnection()
    await watched.client.send({ to: 'somebody' }, 'still here')
    expect([watched.states, relay.opened]).toEqual([[], 1])
  })
})
