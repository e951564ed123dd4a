/**
 * The floor: a Node TCP relay with acks from memory. A frame is u32 length, u32 to, u32
 * from, u32 id, content; a peer says who it is with an empty frame. A message is passed on
 * to its receiver and acknowledged to its sender; nothing is kept.
 */
import { createServer, type Socket } from 'node:net'

const EVERYBODY = 0xfffffffe
const peers = new Map<number, Socket>()

function flush(socket: Socket & { out?: Buffer[] }): void {
  const out = socket.out
  delete socket.out
  if (out) socket.write(out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out))
}

function write(socket: Socket & { out?: Buffer[] }, bytes: Buffer): void {
  if (socket.out) socket.out.push(bytes)
  else {
    socket.out = [bytes]
    process.nextTick(flush, socket)
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  let rest: Buffer = Buffer.alloc(0)
  let self = 0
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    if (peers.get(self) === socket) peers.delete(self)
  })
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (bytes.length - at >= 4) {
      const end = at + 4 + bytes.readUInt32BE(at)
      if (end > bytes.length) break
      const frame = bytes.subarray(at, end)
      at = end
      const to = frame.readUInt32BE(4)
      if (frame.length === 16) {
        if (to === 0) {
          self = frame.readUInt32BE(8)
          peers.set(self, socket)
        }
        continue
      }
      if (to === EVERYBODY) {
        for (const peer of peers.values()) if (peer !== socket) write(peer, frame)
      } else {
        const receiver = peers.get(to)
        if (receiver) write(receiver, frame)
      }
      const ack = Buffer.allocUnsafe(16)
      ack.writeUInt32BE(12, 0)
      frame.copy(ack, 4, 4, 16)
      write(socket, ack)
    }
    rest = bytes.subarray(at)
  })
})
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ tcp: `127.0.0.1:${(server.address() as { port: number }).port}` }))
})
