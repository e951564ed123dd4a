/** The floor: a Node TCP server that accepts and echoes, with nothing kept for a connection. */
import { createServer } from 'node:net'

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (chunk) => socket.write(chunk))
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ tcp: `127.0.0.1:${(server.address() as { port: number }).port}` }))
})
