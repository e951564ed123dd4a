import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, connect } from '../../client/node.ts'
import { shardIndexOf } from '../../edge/worker/rendezvous.ts'
import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { subprotocolsFor } from '../../shared/subprotocol.ts'
import { House } from '../support/house.ts'
import { PeerSocket } from './peer-socket.ts'

/** workerd takes a Durable Object out of memory when nothing has happened to it for 10 s; no event tells of it. */
const UNTIL_HIBERNATION_MS = 11_000
const BROWSERS = 1000
const SHARDS = 4
const FIRST_MESSAGE_MS = 50

let house: House
beforeAll(async () => {
  house = await House.start({ shards: SHARDS, edge: { CONNECTS_PER_ADDRESS: '10000' } })
})
afterAll(() => house?.dispose())

/** By shard. */
const wakes = async () => {
  const { body } = await house.core.admin('/edge')
  return (body as { uplinks: { wakes: number }[] }).uplinks.map((uplink) => uplink.wakes)
}

/** A browser that has logged in and only says `ping`. */
async function idleBrowser(user: string): Promise<PeerSocket> {
  const token = await house.signer.token(user)
  const socket = await PeerSocket.connect(house.edgeWsUrl, subprotocolsFor(token))
  const login = {
    token,
    deviceId: 'd',
    deviceClass: DeviceClass.WEB,
    instanceId: '',
    intent: Intent.PERSON,
    generation: 0,
    client: 'test',
    ticket: '',
  }
  socket.send(encodeFrame(Command.LOGIN, 1, login))
  await socket.nextBytes()
  return socket
}

it('1,000 idle browsers let every shard hibernate, and the first message after it is quick', { timeout: 60_000 }, async () => {
  const users = Array.from({ length: BROWSERS }, (_, i) => `user-${i}`)
  const browsers = new Map<string, PeerSocket>()
  for (let i = 0; i < BROWSERS; i += 50) {
    await Promise.all(users.slice(i, i + 50).map(async (user) => browsers.set(user, await idleBrowser(user))))
  }
  const native: Client = connect(house.url('tcp'), { token: () => house.signer.token('native'), receive: false })
  await native.ready()
  // What is measured is the bridge: the native side has written and the log is open.
  await native.send({ to: 'nobody' }, 'warm')

  // Each browser's heartbeat, all through the time in which the shards fall asleep.
  for (let passed = 0; passed < UNTIL_HIBERNATION_MS; passed += 500) {
    const beating = [...browsers.values()].filter((_, i) => i % 10 === (passed / 500) % 10)
    for (const browser of beating) browser.send('ping')
    for (const browser of beating) expect(await browser.next()).toBe('pong')
    await sleep(500)
  }
  expect(await wakes()).toEqual(new Array(SHARDS).fill(0))

  const times: number[] = []
  for (let shard = 0; shard < SHARDS; shard++) {
    const user = users.find((name) => shardIndexOf(name, SHARDS) === shard) as string
    const started = performance.now()
    const arrival = browsers.get(user)?.nextBytes()
    await Promise.all([arrival, native.send({ to: user }, 'good morning')])
    times.push(performance.now() - started)
  }
  console.log(`first message after hibernation: ${times.map((time) => time.toFixed(1)).join(', ')} ms`)
  expect(await wakes()).toEqual(new Array(SHARDS).fill(1))
  expect(Math.max(...times)).toBeLessThan(FIRST_MESSAGE_MS)
  await native.close()
  for (const browser of browsers.values()) browser.terminate()
})
