import { type CloseName, CODES } from '../../shared/codes.ts'
import { SUBPROTOCOL } from '../../shared/subprotocol.ts'
import { closeSocketAs } from '../env/close-socket.ts'
import { Refusal, type RefusalCode } from '../env/refusal.ts'

/**
 * D2: no page can see the HTTP status of an upgrade, and a client that knows no reason goes on
 * trying. So the upgrade is accepted and closed at once with the code, here in the Worker: no
 * shard wakes for it.
 */
export function refuseSocket(cause: unknown): Response {
  const { 0: client, 1: server } = new WebSocketPair()
  server.accept()
  if (cause instanceof Refusal) closeSocketAs(server, closeNameOf(cause.code), cause.message)
  else {
    console.error(cause)
    closeSocketAs(server, 'internal_close')
  }
  return new Response(null, { status: 101, webSocket: client, headers: { 'sec-websocket-protocol': SUBPROTOCOL } })
}

/** What a shard said instead of taking the socket. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const { code, message } = (await response.json()) as { code: RefusalCode; message: string }
  return new Refusal(503, code, message)
}

function closeNameOf(code: RefusalCode): CloseName {
  if (code === 'origin_refused') return 'denied'
  return code in CODES && 'close' in CODES[code as CloseName] ? (code as CloseName) : 'internal_close'
}
