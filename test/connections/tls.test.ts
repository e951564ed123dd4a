import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { type Certificate, makeCertificate } from '../support/certificate.ts'
import { LoneCore } from '../support/lone-core.ts'
import { WirePeer } from '../support/wire-peer.ts'

let server: LoneCore
beforeAll(async () => {
  server = await LoneCore.start()
})
afterAll(() => server?.dispose())

/** Rejects with the handshake's error. */
async function handshake(to: LoneCore, options: ConnectionOptions): Promise<TLSSocket> {
  const [host, port] = to.core.tls.split(':')
  const socket = connect({ host: host as string, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['hawser'], ...options })
  await once(socket, 'secureConnect')
  socket.on('error', () => {})
  return socket
}

test('TLS 1.3 and 1.2 are spoken, with ALPN hawser', async () => {
  for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
    const socket = await handshake(server, { minVersion: version, maxVersion: version })
    expect([socket.getProtocol(), socket.alpnProtocol]).toEqual([version, 'hawser'])
    const peer = WirePeer.over(socket)
    expect((await peer.ask(Command.PING, 1, {})).command).toBe(Command.PONG)
    peer.end()
  }
})

test('TLS 1.1 is refused', async () => {
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  const failed = () => server.core.metric('hawser_handshakes_failed_total', { kind: 'tls' })
  const before = await failed()
  await expect(handshake(server, old)).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })
  await expect.poll(failed).toBe(before + 1)
})

test('another ALPN protocol is refused, none at all is taken', async () => {
  await expect(handshake(server, { ALPNProtocols: ['h2', 'http/1.1'] })).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
  })
  const socket = await handshake(server, { ALPNProtocols: [] })
  const peer = WirePeer.over(socket)
  expect((await peer.ask(Command.PING, 1, {})).command).toBe(Command.PONG)
  peer.end()
})

test('SIGHUP: new handshakes get the new certificate, an old session lives; a broken file changes nothing', async () => {
  const fingerprint = async () => {
    const socket = await handshake(server, {})
    socket.end()
    return socket.getPeerX509Certificate()?.subject
  }
  const old = await server.login('tls', 'alice')
  expect(await fingerprint()).toBe('CN=localhost')
  const replace = (from: Certificate) => {
    copyFileSync(from.certFile, server.certificate.certFile)
    copyFileSync(from.keyFile, server.certificate.keyFile)
    server.core.signal('SIGHUP')
  }
  replace(await makeCertificate(server.folder, 'renewed'))
  await expect.poll(fingerprint, { timeout: 3000 }).toBe('CN=renewed')
  expect((await old.ask(Command.PING, 5, {})).command).toBe(Command.PONG)
  await expect(handshake(server, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })).rejects.toThrow()
  await expect(handshake(server, { ALPNProtocols: ['h2'] })).rejects.toThrow()

  const other = await makeCertificate(server.folder, 'other')
  replace({ ...other, keyFile: other.certFile })
  await expect.poll(() => server.core.stderr, { timeout: 3000 }).toContain('certificate not reloaded')
  expect(await fingerprint()).toBe('CN=renewed')
  expect((await old.ask(Command.PING, 6, {})).command).toBe(Command.PONG)
})

test('with HAWSER_TLS_CLIENT_CA only certificates of that authority come in, also after a reload', async () => {
  const ours = await makeCertificate(server.folder, 'client')
  const strangers = await makeCertificate(server.folder, 'stranger')
  const strict = await LoneCore.start({ HAWSER_TLS_CLIENT_CA: ours.certFile })
  try {
    const comesIn = async (certificate?: Certificate): Promise<boolean> => {
      // In TLS 1.3 the client's handshake is done before the server has judged its certificate.
      const socket = await handshake(strict, certificate ? { cert: certificate.cert, key: certificate.key } : {})
      const peer = WirePeer.over(socket)
      return peer.ask(Command.PING, 1, {}).then(
        () => true,
        () => false,
      )
    }
    for (const round of ['at first', 'after a reload']) {
      expect([await comesIn(ours), await comesIn(strangers), await comesIn()], round).toEqual([true, false, false])
      strict.core.signal('SIGHUP')
    }
    await expect.poll(() => strict.core.metric('hawser_connections_unauthenticated'), { timeout: 3000 }).toBeLessThanOrEqual(2)
  } finally {
    await strict.dispose()
  }
})
