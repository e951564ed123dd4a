import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { LoneCore, OWN_DOORS } from '../support/lone-core.ts'
import { closeCode, rawSocket } from '../support/raw-socket.ts'
import { WirePeer } from '../support/wire-peer.ts'

const RETURN_MS = 1500
const SPREAD_MS = 3000

let server: LoneCore
beforeEach(async () => {
  server = await LoneCore.start({ HAWSER_DRAIN_RETURN_MS: String(RETURN_MS), HAWSER_DRAIN_SPREAD_MS: String(SPREAD_MS) })
})
afterEach(() => server?.dispose())

/** A session whose peer keeps its side open, so that the core has to wait until it ends it by force. */
async function stubbornSession(): Promise<Socket> {
  const socket = await rawSocket(server.core.tcp, { allowHalfOpen: true })
  await WirePeer.over(socket).login(await server.signer.token('stubborn'))
  return socket
}

test('SIGTERM: what was sent is acknowledged, everybody is told when to come back, exit 0', async () => {
  const peers = await Promise.all(OWN_DOORS.flatMap((door) => [1, 2, 3, 4].map((i) => server.login(door, `${door}-${i}`))))
  const waiting = await server.open('tcp')
  const send = { clientMessageId: 'last', toUser: 'somebody', conversationId: '', contentType: '', content: new Uint8Array(100) }
  for (const peer of peers) peer.send(Command.SEND, 7, send)
  // The core has read them when it answers what came after.
  await Promise.all(peers.map((peer) => peer.ask(Command.PING, 8, {})))
  const status = server.core.stop('SIGTERM')
  const times = await Promise.all(
    peers.map(async (peer) => {
      const ack = await peer.next(({ requestId }) => requestId === 7)
      expect(decodeBody(Command.SEND_ACK, ack.body)).toMatchObject({ seq: 1, duplicate: false })
      const { reason, reconnectAfterMs } = await peer.nextOf(Command.GOAWAY)
      expect(reason).toBe('drain')
      expect(await peer.closed).toMatchObject({ code: CODES.going_away.close })
      return reconnectAfterMs
    }),
  )
  expect(await waiting.closed).toMatchObject({ code: CODES.going_away.close })
  expect(await status).toBe(0)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(RETURN_MS)
  expect(Math.max(...times)).toBeLessThanOrEqual(RETURN_MS + SPREAD_MS)
  expect(new Set(times).size, 'each has a time of its own').toBeGreaterThan(times.length / 2)
})

test('a second SIGTERM ends at once', async () => {
  const socket = await stubbornSession()
  const peer = await server.login('tcp', 'alice')
  const status = server.core.stop('SIGTERM')
  await peer.nextOf(Command.GOAWAY)
  const start = performance.now()
  server.core.signal('SIGTERM')
  expect(await status).toBe(1)
  expect(performance.now() - start).toBeLessThan(1500)
  socket.destroy()
})

test('who comes in from a handshake after the farewell is sent away as well', async () => {
  const socket = await stubbornSession()
  const peer = await server.login('tcp', 'alice')
  const late = await rawSocket(server.core.tls)
  await expect.poll(() => server.core.metric('hawser_connections_unauthenticated')).toBe(1)
  const status = server.core.stop('SIGTERM')
  await peer.nextOf(Command.GOAWAY)
  const secure = connectTls({ socket: late, ca: server.certificate.cert, servername: 'localhost', ALPNProtocols: ['hawser'] })
  const code = closeCode(secure)
  await once(secure, 'secureConnect')
  expect(await code).toBe(CODES.going_away.close)
  expect(await status).toBe(0)
  socket.destroy()
})
