import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'

/** A plain socket to host:port. Every address of 127.0.0.0/8 is this machine's on Linux, so a peer may have one of its own. */
export async function rawSocket(address: string, options: { localAddress?: string; allowHalfOpen?: boolean } = {}): Promise<Socket> {
  const [host, port] = address.split(':')
  const socket = connect({ host: host as string, port: Number(port), noDelay: true, ...options })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Resolves when the connection is over, to the number in the CLOSE that came last; 0 where there was none. */
export function closeCode(socket: Socket): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const decoder = new FrameDecoder(64 * 1024 * 1024)
  let code = 0
  socket.on('data', (chunk: Buffer) => {
    decoder.push(chunk, (frame) => {
      if (frame.command === Command.CLOSE) code = decodeBody(Command.CLOSE, frame.body).code
      return true
    })
  })
  socket.on('close', () => resolve(code))
  return promise
}
