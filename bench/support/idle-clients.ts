/**
 * Opens connections and keeps them, as a process of its own. Arguments: address, how many,
 * milliseconds between heartbeats, and a PEM private key that signs the tokens, or nothing
 * for a server without login. Prints {opened, perSecond} once all are in, and ends with its stdin.
 */
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { SignJWT } from 'jose'
import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'

const [address = '', count = '0', heartbeatMs = '0', keyFile] = process.argv.slice(2)
const [host = '', port = ''] = address.split(':')
const PARALLEL = 128
const PING = encodeFrame(Command.PING, 0, {})

async function makeLogins(): Promise<Uint8Array[]> {
  if (!keyFile) return Array.from({ length: Number(count) }, () => PING)
  const key = createPrivateKey(readFileSync(keyFile))
  const logins: Uint8Array[] = []
  for (let i = 0; i < Number(count); i++) {
    const jwt = new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).setSubject(`idle-${i}`).setIssuer('hawser').setAudience('hawser')
    const token = await jwt.setExpirationTime('1h').sign(key)
    const device = {
      deviceId: 'bench',
      deviceClass: DeviceClass.PHONE,
      instanceId: '',
      intent: Intent.PERSON,
      generation: 0,
      client: '',
      ticket: '',
    }
    logins.push(encodeFrame(Command.LOGIN, 1, { token, ...device }))
  }
  return logins
}

/** Resolves with the first answer: LOGIN_ACK, or the echo. */
function open(first: Uint8Array): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), noDelay: true })
    socket.once('connect', () => socket.write(first))
    socket.once('data', (answer: Buffer) => {
      if (keyFile && answer[5] !== Command.LOGIN_ACK) reject(new Error(`answered with command ${answer[5]}`))
      socket.on('data', () => {})
      resolve(socket)
    })
    socket.once('error', reject)
    socket.once('close', () => {
      console.error('a connection was closed')
      process.exit(1)
    })
  })
}

const logins = await makeLogins()
const sockets: Socket[] = []
const start = performance.now()
let next = 0
await Promise.all(
  Array.from({ length: PARALLEL }, async () => {
    while (next < logins.length) sockets.push(await open(logins[next++] as Uint8Array))
  }),
)
const perSecond = (1000 * sockets.length) / (performance.now() - start)
console.log(JSON.stringify({ opened: sockets.length, perSecond }))

// Heartbeats spread evenly, as those of real clients are.
const beatsPerTick = Number(heartbeatMs) > 0 ? (sockets.length * 100) / Number(heartbeatMs) : 0
let due = 0
let at = 0
setInterval(() => {
  for (due += beatsPerTick; due >= 1; due--) sockets[at++ % sockets.length]?.write(PING)
}, 100)
process.stdin.on('end', () => process.exit(0)).resume()
