/**
 * The bare relay behind Hawser's edge, speaking the uplink as a core does. Arguments: a folder,
 * and the file of the key that signs users' tokens.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { SignJWT } from 'jose'
import { WebSocket } from 'ws'
import { startEdge } from '../../../edge/node/serve.node.ts'
import { decodeMessage, type Frame } from '../../../shared/frame.ts'
import { FrameDecoder } from '../../../shared/frame-decoder.ts'
import { readHello } from '../../../shared/gen/uplink.ts'
import { UPLINK_AUDIENCE, UPLINK_RECEIVED_BYTES, UPLINK_SUBPROTOCOL, UplinkCommand, uplinkFrame } from '../../../shared/uplink.ts'
import { systemClock } from '../../../tcp-core/time/clock.ts'
import { UplinkBatch } from '../../../tcp-core/uplink/uplink-batch.ts'
import { BridgeBackend } from './bridge-backend.ts'

const [folder = '', keyFile = ''] = process.argv.slice(2)
const MAX_UPLINK_BYTES = 4 * 1024 * 1024
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const uplink = generateKeyPairSync('ed25519')

const edge = await startEdge({
  port: 0,
  stateDir: folder,
  settings: {
    TOKEN_PUBLIC_KEY: pem(createPublicKey(createPrivateKey(readFileSync(keyFile)))),
    UPLINK_PUBLIC_KEY: pem(uplink.publicKey),
    CONNECTS_PER_ADDRESS: '1000000',
  },
})
process.on('SIGTERM', () => void edge.stop().then(() => process.exit(0)))
const token = new SignJWT({ shard: 's0' }).setProtectedHeader({ alg: 'EdDSA' }).setSubject('bench').setAudience(UPLINK_AUDIENCE)
const authorization = `Bearer ${await token.setJti(randomUUID()).setIssuedAt().setExpirationTime('60s').sign(uplink.privateKey)}`
const url = `${edge.url.replace('http', 'ws')}/uplink/s0`
const socket = new WebSocket(url, UPLINK_SUBPROTOCOL, { headers: { authorization }, perMessageDeflate: false })
const batch = new UplinkBatch(systemClock, (message) => socket.send(message))
const backend = new BridgeBackend((number, frame) => batch.write(number, frame))
const decoder = new FrameDecoder(MAX_UPLINK_BYTES)
let received = 0

function take(frame: Frame): boolean {
  if (frame.command === UplinkCommand.DATA) {
    received += frame.body.length
    if (received >= UPLINK_RECEIVED_BYTES) {
      batch.control(uplinkFrame.received({ bytes: received }))
      received = 0
    }
    backend.received(frame.requestId, frame.body)
  } else if (frame.command === UplinkCommand.HELLO) {
    const { generation } = decodeMessage(readHello, frame.body)
    batch.control(uplinkFrame.welcome({ coreId: 'bench', generation, startedAt: 1 }))
  }
  return true
}

socket.on('message', (data: Buffer) => decoder.push(data, take))
await once(socket, 'open')
console.log(JSON.stringify({ tcp: edge.url.replace('http://', '') }))
