import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import { EdgeProcess } from './edge-process.ts'
import { ScriptedCore } from './scripted-core.ts'

let edge: EdgeProcess
beforeAll(async () => {
  edge = await EdgeProcess.start()
})
afterAll(() => edge.dispose())

const LOGIN = new Uint8Array([1, 2, 3])

describe('when the uplink is lost', () => {
  it('the browsers stay, and are announced again with their tickets', async () => {
    const { core: first, hello } = await ScriptedCore.connect(edge)
    const alice = await edge.browser('alice', { headers: { 'user-agent': 'A/1' } })
    const { channel } = await first.open()
    first.accept(channel, 'ticket-of-alice')
    const bob = await edge.browser('bob', { headers: { 'user-agent': 'B/1' } })
    const { channel: bobsChannel } = await first.open()
    // An answer to bob shows that what was sent before it has arrived.
    first.send(uplinkFrame.data(bobsChannel, LOGIN))
    await bob.nextBytes()
    first.socket.terminate()

    const { core: second, hello: next, snapshot } = await ScriptedCore.connect(edge)
    expect(next).toEqual({ shard: 's0', generation: hello.generation + 1 })
    expect(snapshot.toSorted((a, b) => a.channel - b.channel)).toEqual([
      { channel, remoteAddress: '127.0.0.1', userAgent: 'A/1', ticket: 'ticket-of-alice' },
      { channel: bobsChannel, remoteAddress: '127.0.0.1', userAgent: 'B/1', ticket: '' },
    ])
    alice.send(LOGIN)
    expect(await second.next(UplinkCommand.DATA)).toMatchObject({ requestId: channel, body: LOGIN })
    second.send(uplinkFrame.data(channel, new Uint8Array([9])))
    expect([...(await alice.nextBytes())]).toEqual([9])
    expect([alice.isOpen, bob.isOpen]).toEqual([true, true])
    for (const browser of [alice, bob]) {
      browser.terminate()
      await second.next(UplinkCommand.CLOSE)
    }
    second.socket.terminate()
    await second.socket.closed
  })

  it('a browser without a session waits with what it said, one with a session repeats it', async () => {
    const { core: first } = await ScriptedCore.connect(edge)
    const alice = await edge.browser('alice')
    const { channel } = await first.open()
    first.accept(channel, 'ticket')
    first.send(uplinkFrame.drain())
    const bob = await edge.browser('bob')
    alice.send(new Uint8Array([1]))
    bob.send(LOGIN)
    bob.send(new Uint8Array([4]))
    // The heartbeat goes on; its answer shows that what was sent before it has arrived.
    for (const browser of [alice, bob]) {
      browser.send('ping')
      expect(await browser.next()).toBe('pong')
    }
    expect(first.socket.isOpen).toBe(true)

    const { core: second, snapshot } = await ScriptedCore.connect(edge)
    expect(await first.socket.closed).toMatchObject({ code: CODES.replaced.close })
    const bobsChannel = snapshot.find((open) => open.channel !== channel)?.channel
    expect(await second.next(UplinkCommand.DATA)).toMatchObject({ requestId: bobsChannel, body: LOGIN })
    expect(await second.next(UplinkCommand.DATA)).toMatchObject({ requestId: bobsChannel, body: new Uint8Array([4]) })
    alice.send(new Uint8Array([2]))
    expect(await second.next(UplinkCommand.DATA)).toMatchObject({ requestId: channel, body: new Uint8Array([2]) })
    for (const browser of [alice, bob]) {
      browser.terminate()
      await second.next(UplinkCommand.CLOSE)
    }
    second.socket.terminate()
    await second.socket.closed
  })

  it('a browser without a session may say 16 KiB and no more', async () => {
    const browser = await edge.browser('alice')
    browser.send(new Uint8Array(16 * 1024))
    browser.send(new Uint8Array(1))
    expect(await browser.closed).toMatchObject({ code: CODES.core_unavailable.close })
    const { core, snapshot } = await ScriptedCore.connect(edge)
    expect(snapshot).toEqual([])
    core.socket.terminate()
    await core.socket.closed
  })
})

it('a newer uplink makes the older one void, and its frames with it', async () => {
  const { core: older, hello } = await ScriptedCore.connect(edge)
  const browser = await edge.browser('alice')
  const { channel } = await older.open()
  const newer = await ScriptedCore.dial(edge)
  older.send(uplinkFrame.close(channel, { code: CODES.kicked.close, reason: 'void' }))
  older.send(uplinkFrame.data(channel, new Uint8Array([1])))
  expect(await older.socket.closed).toMatchObject({ code: CODES.replaced.close })

  await newer.next(UplinkCommand.HELLO)
  newer.send(
    uplinkFrame.welcome({ coreId: 'core-1', generation: hello.generation + 1, startedAt: 1 }),
    uplinkFrame.data(channel, new Uint8Array([2])),
  )
  expect([...(await browser.nextBytes())]).toEqual([2])
  browser.terminate()
  newer.socket.terminate()
})

it('an edge that is stopped says so to its browsers and to their core', async () => {
  const stopping = await EdgeProcess.start()
  const { core } = await ScriptedCore.connect(stopping)
  const browser = await stopping.browser('alice')
  const { channel } = await core.open()
  const refused = await fetch(`${stopping.url}/drain`, { method: 'POST', headers: { authorization: 'Bearer guess' } })
  expect(refused.status).toBe(404)
  const stopped = stopping.dispose()
  expect(await browser.closed).toMatchObject({ code: CODES.going_away.close })
  expect(await core.next(UplinkCommand.CLOSE)).toMatchObject({ requestId: channel })
  await stopped
})
