import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { DEFAULT_MAX_FRAME_BYTES, decodeMessage, encodeRawFrame } from '../../shared/frame.ts'
import { readChannelClose } from '../../shared/gen/uplink.ts'
import { UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import { EdgeProcess } from './edge-process.ts'
import type { PeerSocket } from './peer-socket.ts'
import { ScriptedCore } from './scripted-core.ts'

let edge: EdgeProcess
let core: ScriptedCore
beforeAll(async () => {
  edge = await EdgeProcess.start()
})
afterAll(() => edge.dispose())

/** The browsers of one test. */
const browsers: PeerSocket[] = []
beforeEach(async () => {
  core = (await ScriptedCore.connect(edge)).core
})
afterEach(async () => {
  for (const browser of browsers.splice(0)) {
    browser.terminate()
    await browser.closed
  }
  core.socket.terminate()
})

/** A browser that has said its first word, as with LOGIN. */
async function open(): Promise<{ browser: PeerSocket; channel: number }> {
  const browser = await edge.browser('alice')
  browsers.push(browser)
  const { channel } = await core.open()
  browser.send(new Uint8Array(1))
  await core.next(UplinkCommand.DATA)
  return { browser, channel }
}

const closeOf = async () => {
  const frame = await core.next(UplinkCommand.CLOSE)
  return { channel: frame.requestId, ...decodeMessage(readChannelClose, frame.body) }
}

describe('frames', () => {
  it('pass unchanged both ways, one WebSocket message each', async () => {
    const { browser, channel } = await open()
    core.accept(channel, 'ticket')
    for (const size of [0, 1, 13, 4096, DEFAULT_MAX_FRAME_BYTES + 4]) {
      const up = new Uint8Array(randomBytes(size))
      browser.send(up)
      const data = await core.next(UplinkCommand.DATA)
      expect(data.requestId).toBe(channel)
      expect(Buffer.compare(data.body, up)).toBe(0)
      const down = new Uint8Array(randomBytes(size))
      core.send(uplinkFrame.data(channel, down))
      expect(Buffer.compare(await browser.nextBytes(), down)).toBe(0)
    }
  })

  it('keep their order', async () => {
    const { browser, channel } = await open()
    for (let i = 0; i < 200; i++) browser.send(new Uint8Array([i]))
    for (let i = 0; i < 200; i++) expect((await core.next(UplinkCommand.DATA)).body[0]).toBe(i)
    core.send(...Array.from({ length: 200 }, (_, i) => uplinkFrame.data(channel, new Uint8Array([i]))))
    const down: number[] = []
    while (down.length < 200) down.push(...(await browser.nextBytes()))
    expect(down).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })

  it('go to many browsers from one body', async () => {
    const [first, second, third] = [await open(), await open(), await open()]
    const frames = new Uint8Array(randomBytes(100))
    core.send(uplinkFrame.multicast({ channels: [first.channel, 4_000_000_000, third.channel], frames }))
    expect(Buffer.compare(await first.browser.nextBytes(), frames)).toBe(0)
    expect(Buffer.compare(await third.browser.nextBytes(), frames)).toBe(0)
    // The one between was left out: what it gets next is this.
    core.send(uplinkFrame.data(second.channel, new Uint8Array([7])))
    expect([...(await second.browser.nextBytes())]).toEqual([7])
  })

  it('of a channel or command that the shard does not know are passed over', async () => {
    const { browser, channel } = await open()
    core.send(
      uplinkFrame.data(4_000_000_000, new Uint8Array([1])),
      uplinkFrame.close(4_000_000_000, { code: 4208, reason: '' }),
      encodeRawFrame(99, channel, new Uint8Array([1])),
      uplinkFrame.data(channel, new Uint8Array([2])),
    )
    expect([...(await browser.nextBytes())]).toEqual([2])
  })
})

describe('closes', () => {
  it('of the core reach the browser with code and reason, which is cut to what fits', async () => {
    const { browser, channel } = await open()
    core.send(uplinkFrame.close(channel, { code: CODES.displaced.close, reason: `é${'ü'.repeat(100)}` }))
    expect(await browser.closed).toEqual({ code: 4204, reason: `é${'ü'.repeat(60)}` })
    // The shard does not tell the core what it knows.
    await open()
  })

  it.each([0, 1005, 1006, 1015, 70_000])('never carry the code %i', async (code) => {
    const { browser, channel } = await open()
    core.send(uplinkFrame.close(channel, { code, reason: 'odd' }))
    expect(await browser.closed).toEqual({ code: 1000, reason: 'odd' })
  })

  it('of the browser reach the core, and the browser gets its answer', async () => {
    const { browser, channel } = await open()
    browser.close(4000, 'bye')
    expect(await closeOf()).toEqual({ channel, code: 4000, reason: 'bye' })
    expect(await browser.closed).toEqual({ code: 4000, reason: 'bye' })
  })

  it('without a code are answered too', async () => {
    const { browser, channel } = await open()
    browser.close()
    expect(await closeOf()).toMatchObject({ channel })
    await browser.closed
  })

  it('are told to the core when the connection is just gone', async () => {
    const { browser, channel } = await open()
    browser.terminate()
    expect(await closeOf()).toMatchObject({ channel })
  })
})

describe('a browser that breaks the rules', () => {
  it('is closed for a text message', async () => {
    const { browser, channel } = await open()
    browser.send('hello')
    expect(await browser.closed).toMatchObject({ code: CODES.text_unexpected.close })
    expect(await closeOf()).toMatchObject({ channel, code: CODES.text_unexpected.close })
  })

  it('is closed for a message over the cap', async () => {
    const { browser, channel } = await open()
    browser.send(new Uint8Array(DEFAULT_MAX_FRAME_BYTES + 5))
    expect(await browser.closed).toMatchObject({ code: CODES.frame_too_large.close })
    expect(await closeOf()).toMatchObject({ channel })
  })
})

it('answers the heartbeat of browsers and cores with text', async () => {
  const { browser } = await open()
  browser.send('ping')
  expect(await browser.next()).toBe('pong')
  core.socket.send('ping')
  expect(await core.socket.next()).toBe('pong')
})

describe('a core that breaks the rules', () => {
  const malformed: [string, number, string | Uint8Array][] = [
    ['half a frame', CODES.frame_malformed.close, uplinkFrame.drain().subarray(0, 7)],
    ['bytes that are no frame', CODES.frame_malformed.close, new Uint8Array(8)],
    [
      'a body that is not its message',
      CODES.frame_malformed.close,
      encodeRawFrame(UplinkCommand.MULTICAST, 0, new Uint8Array([0x0a, 0xff])),
    ],
    ['another version', CODES.version_unsupported.close, new Uint8Array([0, 0, 0, 8, 2, 73, 0, 0, 0, 0, 0, 0])],
    ['a frame over the cap', CODES.frame_too_large.close, new Uint8Array([0x7f, 0, 0, 0, 1, 68, 0, 0, 0, 0, 0, 0])],
    ['a second WELCOME', CODES.frame_malformed.close, uplinkFrame.welcome({ coreId: 'core-1', generation: 1, startedAt: 1 })],
    ['text', CODES.text_unexpected.close, 'hello'],
  ]
  it.each(malformed)('loses its uplink for %s, and no browser with it', async (_, code, message) => {
    const { browser, channel } = await open()
    core.accept(channel, 'ticket')
    core.socket.send(message)
    expect(await core.socket.closed).toMatchObject({ code })
    const { core: next, snapshot } = await ScriptedCore.connect(edge)
    core = next
    expect(snapshot).toMatchObject([{ channel, ticket: 'ticket' }])
    core.send(uplinkFrame.data(channel, new Uint8Array([1])))
    expect([...(await browser.nextBytes())]).toEqual([1])
  })

  it.each(['ACCEPT', 'CLOSE'] as const)('loses the one browser of whom %s has a body that is not its message (U14)', async (command) => {
    const other = await open()
    const { browser, channel } = await open()
    core.send(encodeRawFrame(UplinkCommand[command], channel, new Uint8Array([0x0a, 0xff])))
    expect(await browser.closed).toMatchObject({ code: CODES.internal_close.close })
    expect(await closeOf()).toMatchObject({ channel, code: CODES.internal_close.close })
    core.send(uplinkFrame.data(other.channel, new Uint8Array([1])))
    expect([...(await other.browser.nextBytes())]).toEqual([1])
  })

  it('loses the one browser whose frame is longer than a browser may be given (U14)', async () => {
    const other = await open()
    const { browser, channel } = await open()
    core.send(uplinkFrame.data(channel, new Uint8Array(2 * DEFAULT_MAX_FRAME_BYTES)))
    expect(await browser.closed).toMatchObject({ code: CODES.frame_too_large.close })
    expect(await closeOf()).toMatchObject({ channel, code: CODES.frame_too_large.close })
    core.send(uplinkFrame.data(other.channel, new Uint8Array([1])))
    expect([...(await other.browser.nextBytes())]).toEqual([1])
  })

  it('loses its uplink for WELCOME of another generation, and for frames before WELCOME', async () => {
    for (const frame of [uplinkFrame.welcome({ coreId: 'core-1', generation: 0, startedAt: 1 }), uplinkFrame.drain()]) {
      const wrong = await ScriptedCore.dial(edge)
      await wrong.next(UplinkCommand.HELLO)
      wrong.send(frame)
      expect(await wrong.socket.closed).toMatchObject({ code: CODES.frame_malformed.close })
    }
  })

  it('loses the one browser whose ticket is too long to be kept', async () => {
    const { browser, channel } = await open()
    core.accept(channel, 'x'.repeat(769))
    expect(await browser.closed).toMatchObject({ code: CODES.internal_close.close })
    expect(await closeOf()).toMatchObject({ channel, code: CODES.internal_close.close })
  })
})
