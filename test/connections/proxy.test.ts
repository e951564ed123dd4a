import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import type { SessionView } from '../../tcp-core/admin/session-view.ts'
import { LoneCore } from '../support/lone-core.ts'
import { closeCode, rawSocket } from '../support/raw-socket.ts'
import { WirePeer } from '../support/wire-peer.ts'

const BALANCER = '127.0.0.9'
const LOGIN_TIMEOUT_MS = 1000

let server: LoneCore
beforeAll(async () => {
  server = await LoneCore.start({ HAWSER_PROXY_FROM: BALANCER, HAWSER_LOGIN_TIMEOUT_MS: String(LOGIN_TIMEOUT_MS) })
})
afterAll(() => server?.dispose())

const fromBalancer = (door: 'tcp' | 'tls') => rawSocket(server.address(door), { localAddress: BALANCER })

const SIGNATURE = '0d0a0d0a000d0a515549540a'
const HEADERS = {
  IPv4: { hex: `${SIGNATURE}2111000c${'cb007107'}${'c0a80001'}04d21cf8`, address: '203.0.113.7' },
  IPv6: { hex: `${SIGNATURE}21210024${'20010db8000000000000000000000007'}${'0'.repeat(31)}104d21cf8`, address: '2001:db8:0:0:0:0:0:7' },
  'a health check (LOCAL)': { hex: `${SIGNATURE}20000000`, address: BALANCER },
}

async function addressOf(user: string): Promise<string | undefined> {
  const answer: { body: { sessions: SessionView[] } } = await server.core.admin(`/sessions?user=${user}`)
  return answer.body.sessions[0]?.address
}

describe.each(Object.entries(HEADERS))('%s', (name, { hex, address }) => {
  test('before frames, all in one segment', async () => {
    const socket = await fromBalancer('tcp')
    socket.write(Buffer.from(hex, 'hex'))
    const peer = WirePeer.over(socket)
    await peer.login(await server.signer.token(`tcp ${name}`.replaceAll(' ', '-')))
    expect(await addressOf(`tcp ${name}`.replaceAll(' ', '-'))).toBe(address)
    peer.end()
  })

  test.each(['cut up', 'in one segment with the hello'])('before TLS, %s', async (how) => {
    const socket = await fromBalancer('tls')
    const bytes = Buffer.from(hex, 'hex')
    if (how === 'cut up')
      for (const byte of bytes) await new Promise<void>((done) => socket.write(Uint8Array.of(byte), () => setImmediate(done)))
    else {
      socket.cork()
      socket.write(bytes)
    }
    const secure = connectTls({ socket, ca: server.certificate.cert, servername: 'localhost', ALPNProtocols: ['hawser'] })
    if (how !== 'cut up') setImmediate(() => socket.uncork())
    await once(secure, 'secureConnect')
    const peer = WirePeer.over(secure)
    const user = `tls ${how} ${name}`.replaceAll(' ', '-')
    await peer.login(await server.signer.token(user))
    expect(await addressOf(user)).toBe(address)
    peer.end()
  })
})

test('the lists and limits look at the address in the header', async () => {
  await server.core.admin('/access', { method: 'PUT', body: { allow: [], deny: ['203.0.113.0/24'] } })
  const socket = await fromBalancer('tcp')
  const code = closeCode(socket)
  socket.write(Buffer.from(HEADERS.IPv4.hex, 'hex'))
  expect(await code).toBe(CODES.denied.close)
  await server.core.admin('/access', { method: 'PUT', body: { allow: [], deny: [] } })
})

test('on the WebSocket door its X-Forwarded-For says whose connection it is, and nobody else is believed', async () => {
  const deny = (networks: string[]) => server.core.admin('/access', { method: 'PUT', body: { allow: [], deny: networks } })
  const open = (localAddress: string, forwarded: string) =>
    WirePeer.ws(server.core.wsUrl, { headers: { 'x-forwarded-for': forwarded }, localAddress })
  await deny(['203.0.113.0/24'])
  expect(await (await open(BALANCER, '198.51.100.1, 203.0.113.7')).closed).toMatchObject({ code: CODES.denied.close })
  for (const [from, forwarded, seen] of [
    [BALANCER, '203.0.113.7, 198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '203.0.113.7', '127.0.0.1'],
  ] as const) {
    const peer = await open(from, forwarded)
    await peer.login(await server.signer.token('forwarded'))
    const { body } = await server.core.admin('/sessions?user=forwarded')
    expect((body as { sessions: { address: string }[] }).sessions.map(({ address }) => address)).toEqual([seen])
    const closed = peer.closed
    peer.end()
    await closed
    await expect.poll(() => server.core.metric('hawser_sessions')).toBe(0)
  }
  await deny([])
})

test('from an address that is not listed a header is garbage', async () => {
  const socket = await rawSocket(server.core.tcp)
  const code = closeCode(socket)
  socket.write(Buffer.from(HEADERS.IPv4.hex, 'hex'))
  expect(await code).toBe(CODES.frame_too_large.close)
})

test('from a listed one what is no header is refused at once, and a missing one in time', async () => {
  const refused = () => server.core.metric('hawser_handshakes_failed_total', { kind: 'proxy' })
  const before = await refused()
  const wrong = await fromBalancer('tcp')
  const wrongCode = closeCode(wrong)
  wrong.write('PROXY TCP4 203.0.113.7 192.168.0.1 1234 7400\r\n')
  expect(await wrongCode).toBe(0)
  const start = performance.now()
  expect(await closeCode(await fromBalancer('tcp'))).toBe(0)
  expect(performance.now() - start).toBeGreaterThan(LOGIN_TIMEOUT_MS * 0.9)
  await expect.poll(refused).toBe(before + 2)
})
