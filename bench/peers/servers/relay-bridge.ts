/** The bare relay behind the least that bridges browsers to it. Argument: a folder. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { BridgeBackend } from './bridge-backend.ts'
import { startRelay } from './workerd-relay.ts'

const { url, child } = await startRelay(process.argv[2] ?? '')
process.on('SIGTERM', () => {
  child.kill('SIGKILL')
  process.exit(0)
})
const socket = new WebSocket(`${url}/backend`, { perMessageDeflate: false })
await once(socket, 'open')
const backend = new BridgeBackend((number, frame) => {
  const whole = Buffer.allocUnsafe(4 + frame.length)
  whole.writeUInt32BE(number, 0)
  whole.set(frame, 4)
  socket.send(whole)
})
socket.on('message', (data: Buffer) => backend.received(data.readUInt32BE(0), data.subarray(4)))
console.log(JSON.stringify({ tcp: url.replace('ws://', '') }))
