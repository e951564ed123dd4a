import './edge-runtime.ts'
import { TEXT_PING, TEXT_PONG } from '../../shared/subprotocol.ts'
import type { Kernel } from './kernel.ts'
import type { LineEnd } from './network.ts'
import { SOCKET_STATE, WebSocketEnd } from './web-socket-end.ts'

/** As much of the shard's class as its runtime calls. */
interface Shard {
  fetch(request: Request): { readonly status: number }
  webSocketMessage(socket: ShardSocket, message: string | ArrayBuffer): void
  webSocketClose(socket: ShardSocket, code: number, reason: string): void
  webSocketError(socket: ShardSocket): void
  alarm(): void
}

// By a name that the compiler does not follow: the edge has types of its own runtime.
const shardModule = new URL('../../edge/shard/shard.ts', import.meta.url).href
const { BridgeShard } = (await import(shardModule)) as { BridgeShard: new (ctx: unknown, env: unknown) => Shard }

const SHARD = 's0'

/** A socket that the runtime holds for the shard, also while that is out of memory. */
interface Held {
  readonly end: WebSocketEnd
  /** Counts the sockets in the order in which they came. */
  readonly order: number
  tags: readonly string[]
  attachment: unknown
  repliedAt: Date | null
}

/** What the shard, while it is in memory, has in its hands for a held socket. */
class ShardSocket {
  readonly held: Held
  readonly #edge: SimulatedEdge

  constructor(edge: SimulatedEdge, held: Held) {
    this.#edge = edge
    this.held = held
  }

  get readyState(): number {
    return this.held.end.readyState
  }

  get bufferedAmount(): number {
    return this.held.end.bufferedAmount
  }

  send(data: Uint8Array | string): void {
    if (this.readyState === SOCKET_STATE.CLOSING) throw new TypeError("Can't call WebSocket send() after close().")
    this.#edge.speaks(this.held)
    this.held.end.send(data)
  }

  close(code: number, reason: string): void {
    this.#edge.speaks(this.held)
    this.held.end.close(code, reason)
  }

  serializeAttachment(attachment: unknown): void {
    this.held.attachment = structuredClone(attachment)
  }

  deserializeAttachment(): unknown {
    return structuredClone(this.held.attachment)
  }
}

/** The storage of a Durable Object: what is put is kept. */
class ShardStorage {
  readonly #values = new Map<string, unknown>()
  readonly #setAlarm: (time: number) => void

  constructor(setAlarm: (time: number) => void) {
    this.#setAlarm = setAlarm
  }

  readonly kv = {
    get: (key: string): unknown => structuredClone(this.#values.get(key)),
    put: (key: string, value: unknown): void => void this.#values.set(key, structuredClone(value)),
    delete: (key: string): boolean => this.#values.delete(key),
    list: ({ prefix }: { prefix: string }): [string, unknown][] =>
      [...this.#values].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)),
  }

  async setAlarm(time: number): Promise<void> {
    this.#setAlarm(time)
  }
}

/** One bridge shard and the runtime under it: it hibernates, wakes, and is started anew. */
export class SimulatedEdge {
  readonly #kernel: Kernel
  readonly #storage: ShardStorage
  readonly #held = new Set<Held>()
  #faces = new Map<Held, ShardSocket>()
  #shard: Shard | undefined
  #cancelAlarm: () => void = () => {}
  #order = 0
  /** The uplink whose message the shard is taking. */
  #speaker: Held | undefined
  #newestUplink = 0

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#storage = new ShardStorage((time) => {
      this.#cancelAlarm()
      this.#cancelAlarm = kernel.at(Math.max(time, kernel.time), () => this.#awake().alarm())
    })
  }

  /** A browser that the Worker has checked. Says whether it was let in. */
  acceptBrowser(line: LineEnd, user: string): boolean {
    return this.#upgrade(line, '/ws', { 'x-hawser-user': user, 'x-hawser-expires-at': '9999999999999', 'x-hawser-remote': '' })
  }

  /** A core that the Worker has checked. */
  acceptUplink(line: LineEnd, coreId: string, tokenId: string): boolean {
    const expiresAt = String(this.#kernel.now() + 60_000)
    const says = { 'x-hawser-shard': SHARD, 'x-hawser-core': coreId, 'x-hawser-token-id': tokenId, 'x-hawser-expires-at': expiresAt }
    return this.#upgrade(line, `/uplink/${SHARD}`, says)
  }

  /** Out of memory; sockets, attachments and storage are kept. */
  hibernate(): void {
    this.#kernel.note('shard', 'hibernates')
    this.#shard = undefined
    this.#faces = new Map()
  }

  /** The runtime was started anew: every socket is gone, storage is kept. */
  restart(): void {
    this.hibernate()
    this.#kernel.note('edge', 'restarts')
    for (const { end } of this.#held) end.terminate()
    this.#held.clear()
  }

  /** Of what cores say only what the newest uplink does may reach a browser (U3). */
  speaks(to: Held): void {
    if (isUplink(to) || !this.#speaker || this.#speaker.order === this.#newestUplink) return
    this.#kernel.breach(`a browser heard of uplink ${this.#speaker.order} after uplink ${this.#newestUplink} had come`)
  }

  #upgrade(line: LineEnd, path: string, says: Record<string, string>): boolean {
    const held: Held = { end: new WebSocketEnd(line), order: ++this.#order, tags: [], attachment: null, repliedAt: null }
    paired = new ShardSocket(this, held)
    const { status } = this.#awake().fetch(new Request(`http://edge${path}`, { headers: says }))
    if (status !== 101) held.end.terminate()
    return status === 101
  }

  #awake(): Shard {
    this.#shard ??= new BridgeShard(this.#context(), {})
    return this.#shard
  }

  #context() {
    return {
      storage: this.#storage,
      setWebSocketAutoResponse: (): void => {},
      getWebSocketAutoResponseTimestamp: (socket: ShardSocket): Date | null => socket.held.repliedAt,
      acceptWebSocket: (socket: ShardSocket, tags: readonly string[]): void => this.#accept(socket, tags),
      getWebSockets: (tag?: string): ShardSocket[] =>
        [...this.#held].filter(({ tags }) => tag === undefined || tags.includes(tag)).map((held) => this.#face(held)),
    }
  }

  #accept(socket: ShardSocket, tags: readonly string[]): void {
    const { held } = socket
    held.tags = tags
    if (isUplink(held)) this.#newestUplink = held.order
    this.#held.add(held)
    this.#faces.set(held, socket)
    held.end.on('message', (data: Uint8Array, binary: boolean) => this.#message(held, data, binary))
    held.end.on('close', (code: number, reason: Buffer) => this.#closed(held, code, reason.toString()))
  }

  #face(held: Held): ShardSocket {
    let face = this.#faces.get(held)
    if (!face) {
      face = new ShardSocket(this, held)
      this.#faces.set(held, face)
    }
    return face
  }

  #message(held: Held, data: Uint8Array, binary: boolean): void {
    if (!this.#held.has(held)) return
    const text = binary ? '' : String(data)
    if (text === TEXT_PING) {
      // Answered by the runtime, without waking the shard.
      held.repliedAt = new Date(this.#kernel.now())
      return held.end.send(TEXT_PONG)
    }
    if (isUplink(held)) this.#speaker = held
    this.#awake().webSocketMessage(this.#face(held), binary ? (new Uint8Array(data).buffer as ArrayBuffer) : text)
    this.#speaker = undefined
  }

  #closed(held: Held, code: number, reason: string): void {
    if (!this.#held.delete(held)) return
    const face = this.#face(held)
    if (code === 1006 && this.#kernel.random.chance(0.5)) this.#awake().webSocketError(face)
    else this.#awake().webSocketClose(face, code, reason)
    this.#faces.delete(held)
  }
}

function isUplink({ tags }: Held): boolean {
  return tags.includes('uplink')
}

/** The server's half of the next pair: that of the upgrade which is being answered. The client's half is the line itself. */
let paired: ShardSocket | undefined

class WebSocketPair {
  readonly 0 = undefined
  readonly 1 = paired
}

Object.assign(globalThis, { WebSocketPair })
