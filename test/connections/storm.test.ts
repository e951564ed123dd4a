import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client } from '../../client/client.ts'
import type { ClosedReason } from '../../client/closed-reason.ts'
import { connect } from '../../client/node.ts'
import type { ClientOptions } from '../../client/options.ts'
import type { Transport } from '../../client/transport.ts'
import { Command } from '../../shared/commands.ts'
import type { Core } from '../../tcp-core/core.ts'
import { Kernel } from '../simulation/kernel.ts'
import { inTurn } from '../support/in-turn.ts'
import { LoneCore } from '../support/lone-core.ts'
import { MemoryLine } from '../support/memory-line.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { virtualCore } from '../support/virtual-core.ts'

/** What two phones of one person went through. */
interface Storm {
  /** Who was displaced and stays away. */
  readonly kicked: { device: string; reason: ClosedReason }[]
  /** KICKs that the core sent, told by the virtual line only. */
  kicks: number
  logins: number
  readonly clients: Client[]
}

function watch(storm: Storm, device: string, client: Client): void {
  client.on('closed', (reason) => storm.kicked.push({ device, reason }))
  client.on('state', (state) => {
    if (state === 'syncing') storm.logins++
  })
  storm.clients.push(client)
}
const online = (storm: Storm) => storm.clients.filter(({ state }) => state === 'online')

const options = (deviceId: string): Omit<ClientOptions, 'token'> => ({
  deviceId,
  deviceClass: 'phone',
  backoff: { baseMs: 10, maxMs: 100 },
})

describe('two phones of one person with automatic reconnect, both switched on', () => {
  let server: LoneCore
  beforeAll(async () => {
    server = await LoneCore.start()
  })
  afterAll(() => server?.dispose())

  test('live: exactly one kick, then quiet; also after the core was killed', async () => {
    const storm: Storm = { kicked: [], kicks: 0, logins: 0, clients: [] }
    for (const device of ['one', 'two']) {
      watch(storm, device, connect(`tcp://${server.core.tcp}`, { ...options(device), token: () => server.signer.token('alice') }))
    }
    await expect.poll(() => [storm.kicked.length, online(storm).length], { timeout: 5000 }).toEqual([1, 1])
    const [kick] = storm.kicked
    expect(kick?.reason).toMatchObject({ code: 'displaced', by: { deviceId: kick?.device === 'one' ? 'two' : 'one' } })
    await new Promise((resolve) => setTimeout(resolve, 3000))
    expect([storm.logins, storm.kicked.length, online(storm).length]).toEqual([2, 1, 1])
    expect(await server.core.metric('hawser_session_duration_seconds_count')).toBe(1)
    expect(await server.core.metric('hawser_closes_before_login_total')).toBe(0)

    await server.core.stop('SIGKILL')
    await server.core.start()
    await online(storm)[0]?.ready()
    await expect.poll(() => online(storm).length, { timeout: 5000 }).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect([storm.logins, storm.kicked.length]).toEqual([3, 1])
    expect(await server.core.metric('hawser_sessions')).toBe(1)
    await Promise.all(storm.clients.map((client) => client.close()))
  })

  /** In virtual time, both starting within the same milliseconds, the line of one cut now and then. */
  function virtualStorm(seed: number, cuts: number): { storm: Storm; core: Core; kernel: Kernel } {
    const kernel = new Kernel(seed, { trace: false })
    const log: MemoryLog = new MemoryLog(() => kernel.after(1, () => log.commit()))
    const core = virtualCore({
      clock: kernel,
      log,
      verifyToken: (token) =>
        new Promise((resolve) => {
          kernel.after(kernel.random.below(20), () => resolve({ userId: token, expiresAt: kernel.now() + 3_600_000, keyName: '' }))
        }),
      complain: (what, error) => {
        throw new Error(what, { cause: error })
      },
    })
    const storm: Storm = { kicked: [], kicks: 0, logins: 0, clients: [] }
    const lines: MemoryLine[] = []
    const open = MemoryLine.opener(kernel, core, (frame) => {
      if (frame[5] === Command.KICK) storm.kicks++
    })
    const keep = (...args: Parameters<typeof open>): Transport => {
      const line = open(...args) as MemoryLine
      lines.push(line)
      return line
    }
    for (const device of ['one', 'two']) {
      kernel.after(kernel.random.below(30), () => {
        const settings = { ...options(device), token: 'alice', clock: kernel, random: kernel.random.next }
        watch(storm, device, new Client('tcp://core', settings, { transports: { 'tcp:': keep }, deviceClass: 'phone' }))
      })
    }
    for (let i = 0; i < cuts; i++) kernel.after(kernel.random.below(200), () => kernel.random.pick(lines)?.cut())
    kernel.run(1000)
    return { storm, core, kernel }
  }

  function expectOneKick(seed: number, cuts: number): void {
    const { storm, core, kernel } = virtualStorm(seed, cuts)
    const { logins } = storm
    expect([storm.kicked.length, online(storm).length], `seed ${seed}`).toEqual([1, 1])
    expect(storm.kicked[0]?.reason.code).toBe('displaced')
    // With a line cut in between, the displaced one may learn it only when it comes back, and is not let in then.
    expect(storm.kicks, `seed ${seed}`).toBeLessThanOrEqual(1)
    if (cuts === 0) expect(storm.kicks).toBe(1)
    kernel.run(60_000)
    expect([storm.logins, storm.kicked.length, core.registry.sessionCount], `seed ${seed}: quiet`).toEqual([logins, 1, 1])
    for (const client of storm.clients) void client.close()
    kernel.run(10_000)
    expect([core.registry.sessionCount, core.registry.userCount]).toEqual([0, 0])
  }

  test.each([0, 1, 3])('in virtual time, 100 beginnings with %i cut lines: one kick, then quiet for 60 s', async (cuts) => {
    for (let seed = 1; seed <= 100; seed++) await inTurn(() => expectOneKick(seed, cuts))
  })
})
