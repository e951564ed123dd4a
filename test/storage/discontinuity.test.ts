import { copyFileSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WatchedClient } from '../client/watched-client.ts'
import { type DoorName, House } from '../support/house.ts'

let house: House
beforeAll(async () => {
  house = await House.start({ env: { HAWSER_DRAIN_RETURN_MS: '0', HAWSER_DRAIN_SPREAD_MS: '0' } })
})
afterAll(() => house?.dispose())

let users = 0
const backoff = { baseMs: 10, maxMs: 50 }

async function sendAll(client: WatchedClient, to: string, texts: string[]): Promise<void> {
  await Promise.all(texts.map((text) => client.client.send({ to }, text)))
}

/** Puts an older log in the place of the core's, as an operator does. */
async function goBackTo(file: string): Promise<void> {
  await house.core.stop()
  for (const part of globSync('log.sqlite*', { cwd: house.core.data })) rmSync(join(house.core.data, part))
  copyFileSync(file, join(house.core.data, 'log.sqlite'))
  await house.core.start()
}

test.each<[DoorName, string]>([
  ['tcp', 'backup'],
  ['tcp', 'copied file'],
  ['edge', 'backup'],
])('Y6: over %s, a log that went back to a %s is told as a discontinuity, and the client has the new truth', async (door, how) => {
  const [a, b] = [`a${++users}`, `b${users}`]
  const conversationId = `dm/${a}/${b}`
  await using sender = new WatchedClient(house.url('tcp'), { token: () => house.signer.token(a), deviceId: 'one', backoff })
  let gate = Promise.resolve()
  await using receiver = new WatchedClient(house.url(door), { token: () => gate.then(() => house.signer.token(b)), backoff })
  await Promise.all([sender.client.ready(), receiver.client.ready()])
  const seen: string[] = []
  receiver.client.on('message', ({ seq, text }) => seen.push(`${seq} ${text}`))
  receiver.client.on('discontinuity', ({ fromSeq }) => seen.push(`discontinuity ${fromSeq}`))

  await sendAll(sender, b, ['one', 'two', 'three'])
  const old = join(house.core.data, `old-${users}`)
  if (how === 'backup') expect((await house.core.admin('/backup', { method: 'POST', body: { path: old } })).status).toBe(200)
  else {
    await house.core.stop()
    copyFileSync(join(house.core.data, 'log.sqlite'), old)
    await house.core.start()
  }
  const five = receiver.next('message', ({ seq }) => seq === 5)
  await sendAll(sender, b, ['lost four', 'lost five'])
  await five
  await sender.client.close()
  expect(seen).toEqual(['1 one', '2 two', '3 three', '4 lost four', '5 lost five'])

  // As many messages come as went, and one more, before the receiver is back: only their digests differ.
  const opened = Promise.withResolvers<void>()
  gate = opened.promise
  await goBackTo(old)
  await using other = new WatchedClient(house.url('tcp'), { token: () => house.signer.token(a), deviceId: 'two', backoff })
  const last = receiver.next('message', ({ text }) => text === 'new six')
  await sendAll(other, b, ['new four', 'new five', 'new six'])
  opened.resolve()
  await last
  expect(seen.slice(5)).toEqual(['discontinuity 0', '1 one', '2 two', '3 three', '4 new four', '5 new five', '6 new six'])
  expect((await receiver.client.history({ conversationId })).messages.map(({ text }) => text)).toContain('new five')
  expect(await house.core.metric('hawser_discontinuities_total')).toBeGreaterThan(0)

  // It is told once: the next reconnect finds one history.
  await house.core.stop()
  await house.core.start()
  const again = receiver.next('message')
  await sendAll(other, b, ['seven'])
  await again
  expect(seen.slice(12)).toEqual(['7 seven'])
})
