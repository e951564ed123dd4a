/** Socket.IO as an application would use it for 1:1 messages with acknowledgements both ways. */
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, httpCompression: false, serveClient: false })
const users = new Map()
const ACK_TIMEOUT_MS = 60_000
const received = () => {}

io.on('connection', (socket) => {
  const { user } = socket.handshake.auth
  users.set(user, socket)
  socket.on('disconnect', () => users.delete(user))
  socket.on('m', (to, content, ack) => {
    users.get(to)?.emit('m', content, received)
    ack()
  })
  socket.on('join', (group, ack) => {
    socket.join(group)
    ack()
  })
  socket.on('g', (group, content, ack) => {
    socket.to(group).timeout(ACK_TIMEOUT_MS).emit('m', content, received)
    ack()
  })
})
http.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ tcp: `127.0.0.1:${http.address().port}` })))
