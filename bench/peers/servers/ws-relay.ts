/** The bare relay over WebSocket: a message is one of its frames. */
import { type WebSocket, WebSocketServer } from 'ws'

const HEADER_BYTES = 16
const LOGIN = 0
const EVERYBODY = 0xfffffffe
const peers = new Map<number, WebSocket>()

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, skipUTF8Validation: true })
server.on('connection', (socket) => {
  let self = 0
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    if (peers.get(self) === socket) peers.delete(self)
  })
  socket.on('message', (frame: Buffer) => {
    const to = frame.readUInt32BE(4)
    if (frame.length === HEADER_BYTES) {
      if (to === LOGIN) {
        self = frame.readUInt32BE(8)
        peers.set(self, socket)
      }
      return
    }
    if (to === EVERYBODY) {
      for (const peer of peers.values()) if (peer !== socket) peer.send(frame)
    } else peers.get(to)?.send(frame)
    const ack = Buffer.allocUnsafe(HEADER_BYTES)
    ack.writeUInt32BE(HEADER_BYTES - 4, 0)
    frame.copy(ack, 4, 4, HEADER_BYTES)
    socket.send(ack)
  })
})
server.on('listening', () => {
  console.log(JSON.stringify({ tcp: `127.0.0.1:${(server.address() as { port: number }).port}` }))
})
