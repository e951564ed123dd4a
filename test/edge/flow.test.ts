import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { DEFAULT_MAX_FRAME_BYTES, decodeMessage } from '../../shared/frame.ts'
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
beforeEach(async () => {
  core = (await ScriptedCore.connect(edge)).core
})

async function open(user = 'alice'): Promise<{ browser: PeerSocket; channel: number }> {
  const browser = await edge.browser(user)
  const { channel } = await core.open()
  return { browser, channel }
}

/** Reads up to a CLOSE and gives it. */
async function closeOf(): Promise<{ channel: number; code: number }> {
  for (;;) {
    const frame = await core.next()
    if (frame.command === UplinkCommand.CLOSE) return { channel: frame.requestId, code: decodeMessage(readChannelClose, frame.body).code }
  }
}

const MIB = 1024 * 1024

describe('from browser to core', () => {
  it('a browser may have 4 MiB on the way, and as much again as the core has received', async () => {
    const { browser, channel } = await open()
    for (let sent = 0; sent < 16; sent++) {
      browser.send(new Uint8Array(MIB))
      const { body } = await core.next(UplinkCommand.DATA)
      core.send(uplinkFrame.received({ bytes: body.length }))
    }
    for (let sent = 0; sent < 5; sent++) browser.send(new Uint8Array(MIB))
    expect(await browser.closed).toMatchObject({ code: CODES.rate_exceeded.close })
    expect(await closeOf()).toEqual({ channel, code: CODES.rate_exceeded.close })
  })

  it('a browser may have 4096 messages on the way, and what it sent counts for no other', async () => {
    const { browser, channel } = await open()
    const { browser: other, channel: others } = await open('bob')
    for (let sent = 0; sent < 4097; sent++) browser.send(new Uint8Array(1))
    expect(await closeOf()).toEqual({ channel, code: CODES.rate_exceeded.close })
    other.send(new Uint8Array([7]))
    expect(await core.next(UplinkCommand.DATA)).toMatchObject({ requestId: others })
    other.terminate()
  })

  it('those who fill the shard go, and not whoever comes with one long message then', async () => {
    const hogs = await Promise.all(Array.from({ length: 13 }, () => edge.browser('mallory')))
    for (const _ of hogs) await core.open()
    const { browser, channel } = await open('bob')
    const ended: Promise<unknown>[] = hogs.map((hog) => hog.closed)
    for (let sent = 0; sent < 4; sent++) for (const hog of hogs) hog.send(new Uint8Array(1_000_000))
    expect(await Promise.race(ended)).toMatchObject({ code: CODES.rate_exceeded.close })
    browser.send(new Uint8Array(300_000))
    for (;;) {
      const { requestId, command } = await core.next()
      if (requestId !== channel) continue
      expect(command).toBe(UplinkCommand.DATA)
      break
    }
    for (const socket of [browser, ...hogs]) socket.terminate()
  })
})

it('a browser that does not read is ended before it fills the shard, and others go on', async () => {
  const { browser, channel } = await open()
  const { browser: other, channel: others } = await open('bob')
  browser.pause()
  const closed = closeOf()
  const ended = closed.then(() => true)
  const frames = new Uint8Array(DEFAULT_MAX_FRAME_BYTES / 4)
  for (;;) {
    core.send(uplinkFrame.data(channel, frames), uplinkFrame.data(others, new Uint8Array([1])))
    // Each answer shows that the shard has taken what was sent before.
    expect((await other.nextBytes()).length).toBe(1)
    if (await Promise.race([ended, new Promise<false>((resolve) => setImmediate(resolve, false))])) break
  }
  expect(await closed).toEqual({ channel, code: CODES.stalled.close })
  browser.terminate()
  other.terminate()
})
