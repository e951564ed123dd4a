import type { Socket } from 'node:net'
import { plainAddress } from '../limits/ip-address.ts'

/** The PROXY protocol, version 2 (binary), as HAProxy published it: section 2.2 of its specification. */
const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const FIXED_BYTES = 16
const MAX_BYTES = 16 + 536
const COMMAND = { LOCAL: 0, PROXY: 1 } as const
const FAMILY = { INET: 1, INET6: 2 } as const

export class ProxyHeaderError extends Error {
  override readonly name = 'ProxyHeaderError'
}

/**
 * Reads the header that a balancer puts before the client's own bytes, and leaves those in
 * the socket. Gives the client's address, or the balancer's own for its health checks
 * (LOCAL). Rejects with ProxyHeaderError if there is no header, or none in time.
 */
export async function readProxyHeader(socket: Socket, timeoutMs: number): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs)
  let bytes = Buffer.alloc(0)
  for (;;) {
    const header = parseProxyHeader(bytes)
    if (header) {
      if (header.length < bytes.length) socket.unshift(bytes.subarray(header.length))
      return header.address ?? plainAddress(socket.remoteAddress)
    }
    const chunk = socket.read() as Buffer | null
    if (chunk) bytes = Buffer.concat([bytes, chunk])
    else await readable(socket, signal)
  }
}

/** The header at the start of `bytes`; undefined if it is not whole yet. Throws ProxyHeaderError. */
export function parseProxyHeader(bytes: Buffer): { length: number; address: string | undefined } | undefined {
  const compared = Math.min(bytes.length, SIGNATURE.length)
  if (!bytes.subarray(0, compared).equals(SIGNATURE.subarray(0, compared))) throw new ProxyHeaderError('no PROXY header of version 2')
  if (bytes.length < FIXED_BYTES) return undefined
  const version = (bytes[12] as number) >> 4
  const command = (bytes[12] as number) & 15
  const family = (bytes[13] as number) >> 4
  const length = FIXED_BYTES + bytes.readUInt16BE(14)
  if (version !== 2) throw new ProxyHeaderError(`PROXY header of version ${version}`)
  if (length > MAX_BYTES) throw new ProxyHeaderError(`PROXY header of ${length} bytes`)
  if (bytes.length < length) return undefined
  if (command === COMMAND.LOCAL) return { length, address: undefined }
  if (command !== COMMAND.PROXY) throw new ProxyHeaderError(`PROXY command ${command}`)
  if (family === FAMILY.INET && length >= FIXED_BYTES + 12) return { length, address: bytes.subarray(16, 20).join('.') }
  if (family === FAMILY.INET6 && length >= FIXED_BYTES + 36) return { length, address: ipv6(bytes.subarray(16, 32)) }
  return { length, address: undefined }
}

function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16))
  const address = groups.join(':')
  const mapped = /^(?:0:){5}ffff:/.test(address)
  return mapped ? bytes.subarray(12).join('.') : address
}

async function readable(socket: Socket, signal: AbortSignal): Promise<void> {
  if (socket.readableEnded || socket.destroyed) throw new ProxyHeaderError('the connection ended inside the PROXY header')
  if (signal.aborted) throw new ProxyHeaderError('no PROXY header in time')
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = (): void => resolve()
  signal.addEventListener('abort', wake)
  socket.on('readable', wake)
  socket.on('close', wake)
  await promise
  signal.removeEventListener('abort', wake)
  socket.off('readable', wake)
  socket.off('close', wake)
}
