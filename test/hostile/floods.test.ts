import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { encodeFrame, encodeRawFrame } from '../../shared/frame.ts'
import { SUBPROTOCOL } from '../../shared/subprotocol.ts'
import { Random } from '../simulation/random.ts'
import { LoneCore, OWN_DOORS } from '../support/lone-core.ts'
import { MIB } from '../support/process-memory.ts'
import { closeCode, rawSocket } from '../support/raw-socket.ts'
import { Neighbour } from './neighbour.ts'
import { expectUnharmed } from './unharmed.ts'

/** The default of HAWSER_SESSION_PACKETS_PER_SECOND. */
const PACKETS_PER_SECOND = 2000

let server: LoneCore
let neighbour: Neighbour
beforeAll(async () => {
  server = await LoneCore.start()
  neighbour = new Neighbour(server.core, await server.signer.token('neighbour'))
})
afterAll(async () => {
  await neighbour?.leave()
  await server?.dispose()
})

describe('a flood of heartbeats', () => {
  test.each(OWN_DOORS)('PING by %s: answered, then told, then ended', async (door) => {
    const peer = await server.login(door, `flood-${door}`)
    await expectUnharmed(`10,000 PING by ${door}`, neighbour, 48, async () => {
      for (let i = 0; i < 10; i++) {
        peer.bytes(Buffer.concat(Array.from({ length: 1000 }, (_, j) => encodeFrame(Command.PING, 1 + i * 1000 + j, {}))))
      }
      expect(await peer.closed).toMatchObject({ code: CODES.rate_exceeded.close })
    })
    const count = (command: Command) => peer.frames.filter((frame) => frame.command === command).length
    console.log(`${count(Command.PONG)} PONG, ${count(Command.ERROR)} ERROR before the close`)
    // A window may turn in between, which gives it one more limit's worth.
    expect(count(Command.PONG)).toBeGreaterThanOrEqual(PACKETS_PER_SECOND - 1)
    expect(count(Command.ERROR)).toBeGreaterThan(0)
    // None was dropped: the answered ones are the first ones, without a hole.
    const answered = peer.frames.filter(({ requestId }) => requestId > 0).map(({ requestId }) => requestId)
    expect(answered).toEqual(Array.from({ length: answered.length }, (_, i) => i + 1))
  })

  test.each(['the text "ping"', 'ping frames'] as const)('%s on a WebSocket', async (what) => {
    const socket = new WebSocket(server.core.wsUrl, [SUBPROTOCOL])
    await once(socket, 'open')
    await expectUnharmed(`10,000 of ${what}`, neighbour, 48, async () => {
      const closed = once(socket, 'close')
      for (let i = 0; i < 10_000; i++) {
        if (what === 'ping frames') socket.ping()
        else socket.send('ping')
      }
      expect((await closed)[0]).toBe(CODES.rate_exceeded.close)
    })
  })
})

describe('oversize', () => {
  test.each(OWN_DOORS)('frames of 2 MiB by %s', async (door) => {
    const frame = encodeRawFrame(Command.SEND, 2, new Uint8Array(2 * MIB))
    const peers = await Promise.all(Array.from({ length: 20 }, (_, i) => server.login(door, `big-${door}-${i}`)))
    await expectUnharmed(`20 frames of 2 MiB by ${door}`, neighbour, 64, async () => {
      for (const peer of peers) peer.bytes(frame)
      for (const peer of peers) expect((await peer.closed).code).toBe(CODES.frame_too_large.close)
    })
  })

  test('announced 4 GiB, and as much as the core will take', async () => {
    const junk = Buffer.alloc(MIB)
    await expectUnharmed('20 announced frames of 4 GiB', neighbour, 64, async () => {
      const codes = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const socket = await rawSocket(server.core.tcp)
          const code = closeCode(socket)
          socket.write(Buffer.from('ffffffff0107000000000001', 'hex'))
          for (let i = 0; i < 8; i++) socket.write(junk)
          return code
        }),
      )
      expect(new Set(codes)).toEqual(new Set([CODES.frame_too_large.close]))
    })
  })

  test('a frame just below the cap, again and again: the bytes are counted too', async () => {
    const peer = await server.login('tcp', 'heavy')
    const frame = encodeRawFrame(Command.SEND, 2, new Uint8Array(MIB - 8))
    // So many that on a slow machine, too, more than twice the limit come in one second.
    await expectUnharmed('40 frames of 1 MiB', neighbour, 64, async () => {
      for (let i = 0; i < 40; i++) peer.bytes(frame)
      expect((await peer.closed).code).toBe(CODES.rate_exceeded.close)
    })
  })
})

describe('garbage', () => {
  const random = new Random(7)
  const noise = () => {
    const bytes = new Uint8Array(4096)
    random.fill(bytes)
    return bytes
  }
  const PEERS = 200

  test.each(OWN_DOORS)(`${PEERS} peers that speak nothing known at the %s door`, async (door) => {
    await expectUnharmed(`garbage at the ${door} door`, neighbour, 48, async () => {
      await Promise.all(
        Array.from({ length: PEERS }, async () => {
          const socket = await rawSocket(server.address(door))
          socket.write(noise())
          socket.resume()
          await once(socket, 'close')
        }),
      )
    })
  })

  test('inside TLS', async () => {
    await expectUnharmed('garbage inside TLS', neighbour, 64, async () => {
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          const [host, port] = server.core.tls.split(':')
          const socket = connectTls({ host: host as string, port: Number(port), ca: server.certificate.cert, ALPNProtocols: ['hawser'] })
          socket.on('error', () => {})
          const code = closeCode(socket)
          await once(socket, 'secureConnect')
          socket.write(noise())
          expect([CODES.frame_too_large.close, CODES.frame_malformed.close, CODES.version_unsupported.close]).toContain(await code)
        }),
      )
    })
  })

  test('inside WebSocket messages', async () => {
    await expectUnharmed('garbage inside WebSocket messages', neighbour, 64, async () => {
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          const peer = await server.open('ws')
          peer.bytes(noise())
          expect([CODES.frame_too_large.close, CODES.frame_malformed.close, CODES.version_unsupported.close]).toContain(
            (await peer.closed).code,
          )
        }),
      )
    })
  })

  test('plain frames at the TLS door', async () => {
    const socket = await rawSocket(server.core.tls)
    const code = closeCode(socket)
    socket.write(encodeFrame(Command.PING, 1, {}))
    expect(await code).toBe(0)
  })

  test('nobody is left', async () => {
    await expect.poll(() => server.core.metric('hawser_connections_unauthenticated'), { timeout: 5000 }).toBe(0)
    expect(await server.core.metric('hawser_sessions')).toBe(1)
  })
})
