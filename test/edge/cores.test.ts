import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import { EdgeProcess } from './edge-process.ts'
import type { PeerSocket } from './peer-socket.ts'
import { ScriptedCore } from './scripted-core.ts'

let edge: EdgeProcess
beforeAll(async () => {
  edge = await EdgeProcess.start()
})
afterAll(() => edge.dispose())

/** What a test opened. */
const sockets: PeerSocket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.terminate()
    await socket.closed
  }
})

async function connect(id: string, startedAt: number) {
  const connected = await ScriptedCore.connect(edge, { id, startedAt })
  sockets.push(connected.core.socket)
  return connected
}

/** A browser with a session at the core. */
async function session(core: ScriptedCore): Promise<{ browser: PeerSocket; channel: number }> {
  const browser = await edge.browser('alice')
  sockets.push(browser)
  const { channel } = await core.open()
  core.accept(channel, 'ticket')
  core.send(uplinkFrame.data(channel, Buffer.from('hello')))
  await browser.nextBytes()
  return { browser, channel }
}

it('the core that began first has the browsers, and one that began later stands by', async () => {
  const { core: first, owner } = await connect('first', 100)
  const { browser, channel } = await session(first)
  const second = await connect('second', 200)
  expect([owner, second.owner, second.snapshot]).toEqual([true, false, []])
  browser.send(new Uint8Array([1]))
  expect(await first.next(UplinkCommand.DATA)).toMatchObject({ requestId: channel })
  expect(first.socket.isOpen).toBe(true)
})

it('on the loss of its uplink the next core gets the browsers at once, with a higher generation', async () => {
  const { core: first, hello: firstHello } = await connect('first', 100)
  const { browser, channel } = await session(first)
  const { core: second, hello: secondHello } = await connect('second', 200)
  first.socket.terminate()

  const { hello, owner, snapshot } = await second.announcement(200)
  expect(hello.generation).toBeGreaterThan(secondHello.generation)
  expect(secondHello.generation).toBeGreaterThan(firstHello.generation)
  expect({ owner, snapshot }).toMatchObject({ owner: true, snapshot: [{ channel, ticket: 'ticket' }] })
  browser.send(new Uint8Array([2]))
  expect(await second.next(UplinkCommand.DATA)).toMatchObject({ requestId: channel, body: new Uint8Array([2]) })
  second.send(uplinkFrame.data(channel, new Uint8Array([3])))
  expect([...(await browser.nextBytes())]).toEqual([3])
})

it('a core that drains gives its browsers to the next', async () => {
  const { core: first } = await connect('first', 100)
  const { channel } = await session(first)
  const { core: second } = await connect('second', 200)
  first.send(uplinkFrame.drain())
  expect(await second.announcement(200)).toMatchObject({ owner: true, snapshot: [{ channel }] })
})

it('what a core says of browsers that are not its own is void', async () => {
  const { core: first } = await connect('first', 100)
  const { browser, channel } = await session(first)
  const { core: second } = await connect('second', 200)
  const say = (core: ScriptedCore, byte: number) =>
    core.send(
      uplinkFrame.data(channel, new Uint8Array([byte])),
      uplinkFrame.multicast({ channels: [channel], frames: new Uint8Array([byte]) }),
      uplinkFrame.accept(channel, { sessionId: 's', userId: 'mallory', ticket: `ticket ${byte}`, expiresAt: 1 }),
      uplinkFrame.close(channel, { code: CODES.kicked.close, reason: 'void' }),
    )
  // The one that stands by; its heartbeat's answer shows that all of it was taken.
  say(second, 1)
  second.socket.send('ping')
  expect(await second.socket.next()).toBe('pong')

  // The one that has been told so, but has not said yet that it knows.
  first.socket.terminate()
  await second.next(UplinkCommand.HELLO)
  expect(await second.snapshot()).toMatchObject({ snapshot: [{ channel, ticket: 'ticket' }] })
  say(second, 2)
  second.socket.send('ping')
  expect(await second.socket.next()).toBe('pong')
  second.socket.terminate()

  const { core: third, snapshot } = await connect('third', 300)
  expect(snapshot).toMatchObject([{ channel, ticket: 'ticket' }])
  third.send(uplinkFrame.data(channel, new Uint8Array([9])))
  expect([...(await browser.nextBytes())]).toEqual([9])
})

it('every shard comes to the same core: the one that began first, when it is back', async () => {
  const { core: first } = await connect('first', 100)
  const { browser, channel } = await session(first)
  const { core: second } = await connect('second', 200)
  first.socket.terminate()
  expect(await second.announcement(200)).toMatchObject({ owner: true })

  const back = await connect('first', 100)
  expect(back).toMatchObject({ owner: true, snapshot: [{ channel, ticket: 'ticket' }] })
  expect(await second.snapshot()).toEqual({ owner: false, snapshot: [] })
  second.send(uplinkFrame.data(channel, new Uint8Array([1])))
  back.core.send(uplinkFrame.data(channel, new Uint8Array([2])))
  expect([...(await browser.nextBytes())]).toEqual([2])
})

it('a newer uplink of the same core makes the older one void, and touches no other core', async () => {
  const { core: first } = await connect('first', 100)
  const { core: second } = await connect('second', 200)
  await connect('first', 100)
  expect(await first.socket.closed).toMatchObject({ code: CODES.replaced.close })
  expect(second.socket.isOpen).toBe(true)
})

it('a core is the one that its token names', async () => {
  const core = await ScriptedCore.dial(edge, { id: 'first' })
  await core.next(UplinkCommand.HELLO)
  core.send(uplinkFrame.welcome({ coreId: 'second', generation: 0, startedAt: 1 }))
  expect(await core.socket.closed).toMatchObject({ code: CODES.frame_malformed.close })
})
