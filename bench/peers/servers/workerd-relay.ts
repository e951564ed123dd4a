import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/**
 * The least that bridges browsers to a backend with a Durable Object: a message of a browser
 * goes to the backend with its socket's number before it, one of the backend to the socket
 * whose number is before it. No tokens, no sessions, no limits, nothing survives anything.
 */
const WORKER = `
export class Relay {
  constructor(ctx) {
    this.ctx = ctx
    this.sockets = new Map()
    this.next = 1
  }
  fetch(request) {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    if (new URL(request.url).pathname === '/backend') this.backend = server
    else {
      server.serializeAttachment(this.next)
      this.sockets.set(this.next++, server)
    }
    return new Response(null, { status: 101, webSocket: client })
  }
  webSocketMessage(socket, message) {
    if (socket === this.backend) {
      this.sockets.get(new DataView(message).getUint32(0))?.send(message.slice(4))
    } else {
      const numbered = new Uint8Array(message.byteLength + 4)
      new DataView(numbered.buffer).setUint32(0, socket.deserializeAttachment())
      numbered.set(new Uint8Array(message), 4)
      this.backend.send(numbered)
    }
  }
}
export default { fetch: (request, env) => env.RELAY.get(env.RELAY.idFromName('relay')).fetch(request) }
`

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "relay", worker = (
    modules = [(name = "worker.js", esModule = embed "relay.js")],
    compatibilityDate = "2026-11-17", compatibilityFlags = ["no_web_socket_compression"],
    bindings = [(name = "RELAY", durableObjectNamespace = "Relay")],
    durableObjectNamespaces = [(className = "Relay", uniqueKey = "relay", enableSql = true)],
    durableObjectStorage = (inMemory = void)
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "relay")]
);
`

/** Starts it in a folder of its own; gives its `ws://host:port`. */
export async function startRelay(folder: string): Promise<{ url: string; child: ChildProcess }> {
  writeFileSync(join(folder, 'relay.js'), WORKER)
  writeFileSync(join(folder, 'relay.capnp'), CONFIG)
  const { default: workerd } = createRequire(import.meta.url)('workerd') as { default: string }
  const child = spawn(workerd, ['serve', join(folder, 'relay.capnp'), '--control-fd=3'], { stdio: ['ignore', 2, 2, 'pipe'] })
  for await (const line of createInterface(child.stdio[3] as Readable)) {
    const { event, port } = JSON.parse(line) as { event: string; port: number }
    if (event === 'listen') return { url: `ws://127.0.0.1:${port}`, child }
  }
  throw new Error('the relay did not start')
}
