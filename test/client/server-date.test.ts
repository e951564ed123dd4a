import { expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { ManualClock } from './manual-clock.ts'
import { ScriptedServer } from './scripted-server.ts'
import { WatchedClient } from './watched-client.ts'

const MINUTE = 60_000

test.each([-10 * MINUTE, 10 * MINUTE, -40 * 24 * 60 * MINUTE])(
  'L9: a client whose date is %d ms ahead goes by the server’s',
  async (ahead) => {
    const clock = new ManualClock()
    const date = clock.now()
    clock.step(ahead)
    const tokens: number[] = []
    const token = () => {
      tokens.push(clock.elapsed())
      return `header.${Buffer.from(JSON.stringify({ exp: (date + clock.elapsed() + 100_000) / 1000 })).toString('base64url')}.signature`
    }
    await using server = await ScriptedServer.start()
    await using alice = new WatchedClient(server.url, { token, clock })
    expect(alice.client.serverTime()).toBe(clock.now())
    const connection = await server.session('alice', [], { heartbeatTimeoutMs: 400_000, serverTime: date })
    await alice.client.ready()
    expect(alice.client.serverTime()).toBe(date)
    clock.advance(5000)
    clock.step(-3 * MINUTE)
    expect(alice.client.serverTime()).toBe(date + 5000)
    // L7: the token is renewed after 80 of its 100 s, whatever this device's date says.
    clock.advance(74_999)
    expect(tokens).toEqual([0])
    clock.advance(1)
    await connection.next(Command.LOGIN)
    expect(tokens).toEqual([0, 80_000])
    connection.destroy()
  },
)
