import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { SessionView } from '../../tcp-core/admin/session-view.ts'
import { LoneCore } from '../support/lone-core.ts'
import { MIB, rssBytes } from '../support/process-memory.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import { Neighbour } from './neighbour.ts'
import { expectUnharmed } from './unharmed.ts'

let server: LoneCore
let neighbour: Neighbour
beforeAll(async () => {
  server = await LoneCore.start({ HAWSER_HEARTBEAT_TIMEOUT_MS: '2000' })
  neighbour = new Neighbour(server.core, await server.signer.token('neighbour'))
})
afterAll(async () => {
  await neighbour?.leave()
  await server?.dispose()
})

interface Listed {
  readonly total: number
  readonly sessions: readonly SessionView[]
}
const listed = async (query = ''): Promise<Listed> => (await server.core.admin(`/sessions${query}`)).body
const sessionsOf = async (user: string) => (await listed(`?user=${user}`)).sessions

test('half-open: a peer that stands still is ended as heartbeat_timeout, and not before', async () => {
  const script = new URL('./silent-child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, server.core.tcp, await server.signer.token('sleeper')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  await expectUnharmed('half-open', neighbour, 32, async () => {
    // Longer than the timeout with heartbeats: it stays.
    const before = (await sessionsOf('sleeper'))[0]
    await expect
      .poll(async () => Date.now() - Date.parse((await sessionsOf('sleeper'))[0]?.startedAt ?? ''), { timeout: 5000 })
      .toBeGreaterThan(2600)
    expect((await sessionsOf('sleeper'))[0]?.id).toBe(before?.id)
    child.kill('SIGSTOP')
    const stoppedAt = Date.now()
    await expect.poll(() => sessionsOf('sleeper'), { timeout: 6000, interval: 50 }).toEqual([])
    console.log(`a peer that was stopped is gone after ${Date.now() - stoppedAt} ms`)
  })
  expect(await server.core.metric('hawser_session_duration_seconds_count', { reason: 'heartbeat_timeout', transport: 'tcp' })).toBe(1)
})

test('10,000 sessions opened and abandoned leave nothing', { timeout: 60_000 }, async () => {
  const BATCH = 250
  const tokens = await Promise.all(Array.from({ length: 250 }, (_, i) => server.signer.token(`ghost-${i}`)))
  let opened = 0
  const silent: WirePeer[] = []
  /** Every other one is cut off, the rest just fall silent. */
  const open = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += BATCH) {
      const peers = await Promise.all(
        Array.from({ length: BATCH }, async (_, i) => {
          const peer = await server.open(i % 10 === 9 ? 'ws' : 'tcp')
          // Sessions of one device live side by side.
          await peer.login(tokens[i % tokens.length] as string, { instanceId: `${opened++}` })
          return peer
        }),
      )
      for (const [i, peer] of peers.entries()) {
        if (i % 2 === 0) peer.end()
        else silent.push(peer)
      }
    }
  }
  const gone = () =>
    expect
      .poll(async () => [await server.core.metric('hawser_sessions'), await server.core.metric('hawser_connections_unauthenticated')], {
        timeout: 15_000,
      })
      .toEqual([1, 0])

  await open(3000)
  await gone()
  const before = rssBytes(server.core.pid)
  const start = performance.now()
  await expectUnharmed('7,000 more sessions abandoned', neighbour, 160, async () => {
    await open(7000)
    console.log(`${Math.round(7000 / ((performance.now() - start) / 1000))} sessions a second opened`)
    await gone()
  })
  await Promise.all(silent.map((peer) => peer.closed))
  const { total, sessions } = await listed()
  expect([total, sessions[0]?.user]).toEqual([1, 'neighbour'])
  const kept = (rssBytes(server.core.pid) - before) / MIB
  console.log(`memory after all have gone: ${kept.toFixed(1)} MiB above that after the first 3,000`)
  expect(kept).toBeLessThan(64)
})
