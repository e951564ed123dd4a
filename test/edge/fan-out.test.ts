import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, connect } from '../../client/node.ts'
import { shardIndexOf } from '../../edge/worker/rendezvous.ts'
import { Command } from '../../shared/commands.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'

const TABS = 500
const SHARDS = 2

let house: House
beforeAll(async () => {
  house = await House.start({
    shards: SHARDS,
    env: { HAWSER_SESSIONS_PER_USER: '1000' },
    edge: { CONNECTS_PER_USER: '1000', CONNECTS_PER_ADDRESS: '10000' },
  })
})
afterAll(() => house?.dispose())

const bodies = async () => {
  const { body } = await house.core.admin('/edge')
  return (body as { uplinks: { bodiesOut: number }[] }).uplinks.map(({ bodiesOut }) => bodiesOut)
}

/** Two users whose browsers are at different shards. */
function usersApart(): [string, string] {
  const names = Array.from({ length: 20 }, (_, i) => `user-${i}`)
  const at = (index: number) => names.find((name) => shardIndexOf(name, SHARDS) === index) as string
  return [at(0), at(1)]
}

async function openTabs(user: string): Promise<WirePeer[]> {
  const tabs: WirePeer[] = []
  for (let i = 0; i < TABS; i += 50) {
    const batch = Array.from({ length: 50 }, (_, j) => house.login('edge', user, { instanceId: `tab-${i + j}` }))
    tabs.push(...(await Promise.all(batch)))
  }
  return tabs
}

it('a message to 1,000 browsers has one body per shard on the uplinks', { timeout: 60_000 }, async () => {
  const [alice, bob] = usersApart()
  const tabs = [...(await openTabs(alice)), ...(await openTabs(bob))]
  const native: Client = connect(house.url('tcp'), {
    token: () => house.signer.token(alice),
    deviceId: 'native',
    deviceClass: 'desktop',
    receive: false,
  })
  await native.ready()
  const before = await bodies()
  const arrivals = tabs.map((tab) => tab.nextOf(Command.DELIVER))
  await native.send({ to: bob }, 'to all of them')
  for (const message of await Promise.all(arrivals)) expect(Buffer.from(message.content).toString()).toBe('to all of them')
  expect((await bodies()).map((count, shard) => count - (before[shard] ?? 0))).toEqual([1, 1])
  await native.close()
  for (const tab of tabs) tab.end()
})
