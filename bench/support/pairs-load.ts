/**
 * The load of one-to-one.ts, as a process of its own. Arguments: kind, address, pairs,
 * window, bytes, seconds, key file. Prints {ready} when all are connected, then the result.
 */
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { SignJWT } from 'jose'
import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { DeviceClass, Intent, readMessage } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'

const [kind, address = '', pairs = '', window = '', bytes = '', seconds = '', keyFile = ''] = process.argv.slice(2)
const [host = '', port = ''] = address.split(':')
const PAIRS = Number(pairs)
const WINDOW = Number(window)
const WARM_UP_MS = 1500

let sent = 0
let delivered = 0
let measuring = false
const latencies: number[] = []

/** A message carries when it was sent, in its first eight bytes. */
const content = Buffer.alloc(Number(bytes), 120)
function stamped(): Buffer {
  content.writeDoubleBE(performance.now(), 0)
  return content
}
function arrived(body: Uint8Array): void {
  if (!measuring) return
  delivered++
  const sentAt = new DataView(body.buffer, body.byteOffset).getFloat64(0)
  latencies.push(performance.now() - sentAt)
}

function dial(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Gathers what is written in one turn, as any client library would. */
function batched(socket: Socket): (frame: Uint8Array) => void {
  let frames: Uint8Array[] | undefined
  return (frame) => {
    if (frames) frames.push(frame)
    else {
      frames = [frame]
      process.nextTick(() => {
        const all = frames as Uint8Array[]
        frames = undefined
        socket.write(all.length === 1 ? (all[0] as Uint8Array) : Buffer.concat(all))
      })
    }
  }
}

async function hawserPeer(user: string, onAck: () => void): Promise<(to: string) => void> {
  const key = createPrivateKey(readFileSync(keyFile))
  const jwt = new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).setSubject(user).setIssuer('hawser').setAudience('hawser')
  const token = await jwt.setExpirationTime('1h').sign(key)
  const socket = await dial()
  const write = batched(socket)
  const decoder = new FrameDecoder(1 << 24)
  const { promise, resolve } = Promise.withResolvers<void>()
  let acked = ''
  let ackedSeq = 0
  const ackDeliveries = (): void => {
    write(encodeFrame(Command.DELIVER_ACK, 0, { positions: [{ conversationId: acked, seq: ackedSeq }] }))
    ackedSeq = 0
  }
  socket.on('data', (chunk: Buffer) => {
    decoder.push(chunk, (frame) => {
      if (frame.command === Command.SEND_ACK) onAck()
      else if (frame.command === Command.DELIVER) {
        const message = readMessage(new ProtobufReader(frame.body))
        arrived(message.content)
        acked = message.conversationId
        ackedSeq = message.seq
      } else if (frame.command === Command.LOGIN_ACK) resolve()
      else if (frame.command !== Command.EVENT) throw new Error(`command ${frame.command}`)
      return true
    })
    if (ackedSeq > 0) ackDeliveries()
  })
  const device = {
    deviceId: 'bench',
    deviceClass: DeviceClass.PHONE,
    instanceId: '',
    intent: Intent.PERSON,
    generation: 0,
    client: '',
    ticket: '',
  }
  write(encodeFrame(Command.LOGIN, 1, { token, ...device }))
  await promise
  let id = 0
  return (to) => {
    const clientMessageId = `${user}-${(++id).toString(36).padStart(8, '0')}`
    write(encodeFrame(Command.SEND, id, { clientMessageId, toUser: to, conversationId: '', contentType: '', content: stamped() }))
  }
}

async function relayPeer(self: number, onAck: () => void): Promise<(to: number) => void> {
  const socket = await dial()
  const write = batched(socket)
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    let ack = false
    while (all.length - at >= 4) {
      const end = at + 4 + all.readUInt32BE(at)
      if (end > all.length) break
      if (end - at === 16) onAck()
      else {
        arrived(all.subarray(at + 16, end))
        ack = true
      }
      at = end
    }
    rest = all.subarray(at)
    if (ack) write(header(0xffffffff, self, 0))
  })
  write(header(0, self, 0))
  let id = 0
  return (to) => write(Buffer.concat([header(to, self, ++id, content.length), stamped()]))
}

function header(to: number, from: number, id: number, contentBytes = 0): Buffer {
  const frame = Buffer.allocUnsafe(16)
  frame.writeUInt32BE(12 + contentBytes, 0)
  frame.writeUInt32BE(to, 4)
  frame.writeUInt32BE(from, 8)
  frame.writeUInt32BE(id, 12)
  return frame
}

const starts: (() => void)[] = []
let stopped = false
for (let i = 0; i < PAIRS; i++) {
  let send: () => void = () => {}
  const again = (): void => {
    if (stopped) return
    if (measuring) sent++
    send()
  }
  if (kind === 'hawser') {
    const to = await hawserPeer(`s${i}`, again)
    await hawserPeer(`r${i}`, () => {})
    send = () => to(`r${i}`)
  } else {
    const to = await relayPeer(2 * i + 1, again)
    await relayPeer(2 * i + 2, () => {})
    send = () => to(2 * i + 2)
  }
  starts.push(() => {
    for (let k = 0; k < WINDOW; k++) again()
  })
}
for (const start of starts) start()
await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS))
console.log(JSON.stringify({ ready: PAIRS }))
measuring = true
const begin = performance.now()
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000))
const took = (performance.now() - begin) / 1000
const [sentIn, deliveredIn] = [sent, delivered]
stopped = true
await new Promise((resolve) => setTimeout(resolve, 500))
measuring = false
latencies.sort((a, b) => a - b)
const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0
// What was under way when measuring began is delivered without having been counted as sent.
const lost = Math.max(0, sent - delivered)
console.log(
  JSON.stringify({
    messages: deliveredIn,
    perSecond: deliveredIn / took,
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    lost,
    sent: sentIn,
  }),
)
process.exit(0)
