import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { LoneCore } from '../support/lone-core.ts'
import { closeCode, rawSocket } from '../support/raw-socket.ts'
import { WirePeer } from '../support/wire-peer.ts'
import { Neighbour } from './neighbour.ts'
import { expectUnharmed } from './unharmed.ts'

const CONNECTS_PER_NETWORK = 300

let server: LoneCore
let neighbour: Neighbour
beforeAll(async () => {
  server = await LoneCore.start({
    // This machine's own addresses count like anybody's.
    HAWSER_EXEMPT_NETWORKS: '',
    HAWSER_CONNECTS_PER_NETWORK_PER_MINUTE: String(CONNECTS_PER_NETWORK),
  })
  neighbour = new Neighbour(server.core, await server.signer.token('neighbour'))
})
afterAll(async () => {
  await neighbour?.leave()
  await server?.dispose()
})

const peerFrom = async (localAddress: string) => WirePeer.over(await rawSocket(server.core.tcp, { localAddress }))

test.each([
  ['bad tokens', '127.66.6.6'],
  ['forged tickets', '127.67.6.6'],
])('a flood of logins with %s: the address waits ever longer, the others do not', async (what, address) => {
  const stranger = generateKeyPairSync('ed25519').privateKey
  const bad = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA' })
    .setSubject('admin')
    .setIssuer('hawser')
    .setAudience('hawser')
    .setExpirationTime('1h')
    .sign(stranger)
  const login = {
    ...(what === 'bad tokens' ? { token: bad, ticket: '' } : { token: '', ticket: `${bad}.${bad}` }),
    deviceId: 'd',
    deviceClass: DeviceClass.PHONE,
    instanceId: '',
    intent: Intent.PERSON,
    generation: 0,
    client: '',
  }
  const attempt = async (): Promise<{ code: number; retryAfterMs: number }> => {
    const peer = await peerFrom(address)
    peer.send(Command.LOGIN, 1, login)
    const frame = await peer.next(({ command }) => command === Command.CLOSE || command === Command.ERROR)
    peer.end()
    if (frame.command === Command.CLOSE) return { code: decodeBody(Command.CLOSE, frame.body).code, retryAfterMs: 0 }
    expect(decodeBody(Command.ERROR, frame.body).code).toBe('rate_limited')
    return { code: 0, retryAfterMs: decodeBody(Command.ERROR, frame.body).retryAfterMs }
  }
  await expectUnharmed(`login flood with ${what}`, neighbour, 48, async () => {
    const checked = []
    for (let i = 0; i < 5; i++) checked.push((await attempt()).code)
    expect(checked).toEqual(Array.from({ length: 5 }, () => CODES.token_invalid.close))
    const refused = await Promise.all(Array.from({ length: 200 }, attempt))
    expect(refused.every(({ code, retryAfterMs }) => code === 0 && retryAfterMs > 0 && retryAfterMs <= 1000)).toBe(true)
    // A good token from there waits as well; from elsewhere it is let in at once.
    const victim = await peerFrom(address)
    await expect(victim.login(await server.signer.token('victim'))).rejects.toThrow('LOGIN was answered by ERROR')
    victim.end()
    const other = await peerFrom('127.66.7.7')
    await other.login(await server.signer.token('victim'))
    other.end()
  })
})

test('a flood of connections from one network: the rest of it is told to come back, other networks come in', async () => {
  await expectUnharmed('1,000 connects from one network', neighbour, 64, async () => {
    const inside = []
    let refused = 0
    for (let batch = 0; batch < 10; batch++) {
      const sockets = await Promise.all(
        Array.from({ length: 100 }, (_, i) => rawSocket(server.core.tcp, { localAddress: `127.7.7.${1 + ((batch * 100 + i) % 250)}` })),
      )
      if (batch < CONNECTS_PER_NETWORK / 100) inside.push(...sockets)
      else for (const code of await Promise.all(sockets.map(closeCode))) if (code === CODES.rate_exceeded.close) refused++
    }
    expect(refused).toBe(1000 - CONNECTS_PER_NETWORK)
    const peer = await peerFrom('127.8.8.8')
    await peer.login(await server.signer.token('elsewhere'))
    peer.end()
    expect(inside.filter((socket) => socket.destroyed)).toEqual([])
    for (const socket of inside) socket.destroy()
  })
  expect(await server.core.metric('hawser_closes_before_login_total', { code: 'rate_exceeded' })).toBe(1000 - CONNECTS_PER_NETWORK)
})
