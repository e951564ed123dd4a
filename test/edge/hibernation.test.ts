import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import { EdgeProcess } from './edge-process.ts'
import { ScriptedCore } from './scripted-core.ts'

/** workerd takes a Durable Object out of memory when nothing has happened to it for 10 s; no event tells of it. */
const UNTIL_HIBERNATION_MS = 11_000

let edge: EdgeProcess
let edgeWithoutCore: EdgeProcess
beforeAll(async () => {
  edge = await EdgeProcess.start()
  edgeWithoutCore = await EdgeProcess.start()
})
afterAll(() => Promise.all([edge.dispose(), edgeWithoutCore.dispose()]))

describe.concurrent('a shard where nothing moves', () => {
  it('hibernates, whatever the heartbeats, and wakes with all its sockets and no number given twice', async () => {
    const { core } = await ScriptedCore.connect(edge)
    const browser = await edge.browser('alice')
    const { channel } = await core.open()
    core.accept(channel, 'ticket')
    for (let passed = 0; passed < UNTIL_HIBERNATION_MS; passed += 1_000) {
      await sleep(1_000)
      for (const socket of [browser, core.socket]) {
        socket.send('ping')
        expect(await socket.next()).toBe('pong')
      }
    }
    core.send(uplinkFrame.data(channel, new Uint8Array([1])))
    expect([...(await browser.nextBytes())]).toEqual([1])
    browser.send(new Uint8Array([2]))
    expect(await core.next(UplinkCommand.DATA)).toMatchObject({ requestId: channel, body: new Uint8Array([2]) })
    const other = await edge.browser('bob')
    // A number from the next block shows that the shard was out of memory in between, as it says itself.
    expect((await core.open()).channel).toBe(channel + 16)
    expect(core.wakes).toBe(1)
    core.socket.terminate()
    const { snapshot } = await ScriptedCore.connect(edge)
    expect(snapshot.find((open) => open.channel === channel)).toMatchObject({ ticket: 'ticket' })
    browser.terminate()
    other.terminate()
  })

  it('closes a browser without a session after 15 s without a core, though it hibernates meanwhile', async () => {
    const started = performance.now()
    const browser = await edgeWithoutCore.browser('alice')
    browser.send(new Uint8Array([1]))
    expect(await browser.closed).toMatchObject({ code: CODES.core_unavailable.close })
    expect(performance.now() - started).toBeGreaterThan(14_500)
  })
})
