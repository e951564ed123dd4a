import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../client/node.ts'
import { Command } from '../../shared/commands.ts'
import { House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'

const MEMBERS = 10_000
const ONLINE = 200
const SHARDS = 2
const ADD_AT_ONCE = 500

let house: House
beforeAll(async () => {
  // The search index follows the log in its own time, with rows of its own.
  house = await House.start({ shards: SHARDS, env: { HAWSER_SEARCH: 'off' }, edge: { CONNECTS_PER_ADDRESS: '10000' } })
})
afterAll(() => house?.dispose())

const bodies = async () => {
  const { body } = await house.core.admin('/edge')
  return (body as { uplinks: { bodiesOut: number }[] }).uplinks.map(({ bodiesOut }) => bodiesOut)
}

/** How many rows each table of the log has. */
function rows(): Record<string, number> {
  const database = new DatabaseSync(join(house.core.data, 'log.sqlite'), { readOnly: true })
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").all() as {
    name: string
  }[]
  const counts = tables.map(({ name }) => [
    name,
    (database.prepare(`SELECT count(*) AS count FROM "${name}"`).get() as { count: number }).count,
  ])
  database.close()
  return Object.fromEntries(counts)
}

test('a message to a group of 10,000 is one row, and one body for each shard with members online', { timeout: 120_000 }, async () => {
  const name = (i: number) => `member-${i}`
  const owner = connect(house.url('tcp'), { token: () => house.signer.token(name(0)), deviceId: 'owner', deviceClass: 'desktop' })
  await owner.ready()
  const group = await owner.createGroup({ name: 'Everybody' })
  for (let i = 1; i < MEMBERS; i += ADD_AT_ONCE) {
    await group.add(Array.from({ length: Math.min(ADD_AT_ONCE, MEMBERS - i) }, (_, j) => name(i + j)))
  }
  const peers: WirePeer[] = []
  for (let i = 1; i <= ONLINE; i += 50) {
    peers.push(...(await Promise.all(Array.from({ length: 50 }, (_, j) => house.login((i + j) % 2 ? 'edge' : 'tcp', name(i + j))))))
  }
  const [bodiesBefore, rowsBefore] = [await bodies(), rows()]
  const arrivals = peers.map((peer) => peer.nextOf(Command.DELIVER))
  await group.send('to all of them')
  for (const message of await Promise.all(arrivals)) expect(Buffer.from(message.content).toString()).toBe('to all of them')
  expect((await bodies()).map((count, shard) => count - (bodiesBefore[shard] ?? 0))).toEqual([1, 1])
  expect(rows()).toEqual({ ...rowsBefore, message: (rowsBefore.message ?? 0) + 1 })
  await owner.close()
  for (const peer of peers) peer.end()
})
