import { createServer, type Server, type Socket } from 'node:net'
import { type BodyOf, Command, commandName } from '../../shared/commands.ts'
import { decodeBody, encodeFrame, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import type { Conversation, Login, LoginAck, Message, Page, Send, Sync } from '../../shared/gen/hawser.ts'

/** Values that may be asked for before they are there. */
class Queue<T> {
  readonly #values: T[] = []
  readonly #takers: ((value: T) => void)[] = []

  put(value: T): void {
    const taker = this.#takers.shift()
    if (taker) taker(value)
    else this.#values.push(value)
  }

  take(): Promise<T> {
    const value = this.#values.shift()
    return value === undefined ? new Promise((resolve) => this.#takers.push(resolve)) : Promise.resolve(value)
  }
}

/** A real TCP server that says what the test tells it to, so that it can do what no good server does. */
export class ScriptedServer implements AsyncDisposable {
  readonly #server: Server
  readonly #connections = new Queue<ScriptedConnection>()
  readonly #sockets = new Set<Socket>()

  static async start(): Promise<ScriptedServer> {
    const server = new ScriptedServer()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      this.#connections.put(new ScriptedConnection(socket))
    })
  }

  get url(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  /** The next connection, come already or to come. */
  accept(): Promise<ScriptedConnection> {
    return this.#connections.take()
  }

  /** The next connection, logged in; its list of conversations is given. */
  async session(user: string, conversations: Conversation[] = [], ack: Partial<LoginAck> = {}): Promise<ScriptedConnection> {
    const connection = await this.accept()
    await connection.login(user, ack)
    await connection.list(conversations)
    return connection
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

export class ScriptedConnection {
  readonly #socket: Socket
  readonly #frames = new Queue<Frame>()
  readonly #acks = new Queue<Frame>()
  readonly ended: Promise<void>

  constructor(socket: Socket) {
    this.#socket = socket
    const decoder = new FrameDecoder(1 << 20)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Uint8Array) =>
      decoder.push(chunk, (frame) => {
        const queue = frame.command === Command.DELIVER_ACK ? this.#acks : this.#frames
        queue.put(frame)
        return true
      }),
    )
    socket.on('error', () => {})
    this.ended = new Promise((resolve) => socket.on('close', () => resolve()))
  }

  /** The next frame, DELIVER_ACK apart, which must be of this command. */
  async next<C extends Command>(command: C): Promise<{ requestId: number; body: BodyOf<C> }> {
    const frame = await this.#frames.take()
    if (frame.command !== command) throw new Error(`${commandName(frame.command)} came where ${commandName(command)} should`)
    return { requestId: frame.requestId, body: decodeBody(command, frame.body) }
  }

  /** The next DELIVER_ACK; where it comes among the requests does not matter. */
  async acked(): Promise<Record<string, number>> {
    const { positions } = decodeBody(Command.DELIVER_ACK, (await this.#acks.take()).body)
    return Object.fromEntries(positions.map(({ conversationId, seq }) => [conversationId, seq]))
  }

  send<C extends Command>(command: C, requestId: number, body: BodyOf<C>): void {
    this.#socket.write(encodeFrame(command, requestId, body))
  }

  sendBytes(bytes: Uint8Array | string): void {
    this.#socket.write(bytes)
  }

  deliver(...messages: Message[]): void {
    this.#socket.write(Buffer.concat(messages.map((message) => encodeFrame(Command.DELIVER, 0, message))))
  }

  async login(userId: string, ack: Partial<LoginAck> = {}): Promise<Login> {
    const { requestId, body } = await this.next(Command.LOGIN)
    this.send(Command.LOGIN_ACK, requestId, {
      sessionId: 's',
      userId,
      generation: 1,
      heartbeatTimeoutMs: 60_000,
      serverTime: 0,
      maxFrameBytes: 1 << 20,
      maxContentBytes: 64 * 1024,
      framesPerSecond: 0,
      bytesPerSecond: 0,
      userFramesPerSecond: 0,
      userBytesPerSecond: 0,
      ticket: '',
      resumed: false,
      resumeRefusal: '',
      ...ack,
    })
    return body
  }

  async list(conversations: Conversation[], nextCursor = ''): Promise<Sync> {
    const { requestId, body } = await this.next(Command.SYNC)
    if (!body.list) throw new Error('a page was asked for where the list should be')
    this.send(Command.SYNC_ACK, requestId, { page: undefined, list: { conversations, nextCursor } })
    return body
  }

  /** Answers a SYNC for a page with these messages; returns the cursor it was asked from. */
  async page(conversationId: string, messages: Message[], more = false, fields: Partial<Page> = {}): Promise<number> {
    const { requestId, body } = await this.next(Command.SYNC)
    if (body.page?.conversationId !== conversationId) throw new Error(`a page of ${conversationId} should have been asked for`)
    this.send(Command.SYNC_ACK, requestId, {
      page: {
        conversationId,
        messages,
        more,
        lastSeq: messages.at(-1)?.seq ?? 0,
        epoch: EPOCH,
        discontinuity: false,
        fromSeq: body.page.fromSeq,
        ...fields,
      },
      list: undefined,
    })
    return body.page.fromSeq
  }

  /** Takes a SEND and acknowledges it in `dm/alice/bob`. */
  async acknowledge(seq: number): Promise<Send> {
    const { requestId, body } = await this.next(Command.SEND)
    this.acknowledged(requestId, seq)
    return body
  }

  acknowledged(requestId: number, seq: number): void {
    this.send(Command.SEND_ACK, requestId, {
      conversationId: 'dm/alice/bob',
      seq,
      messageId: `m${seq}`,
      sentAt: 1,
      durability: 1,
      duplicate: false,
      digest: digestOf(seq),
    })
  }

  close(code: number, reason = ''): void {
    this.#socket.end(encodeFrame(Command.CLOSE, 0, { code, reason }))
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** A message in `dm/alice/bob`. */
export function message(seq: number, sender = 'bob', text = `text ${seq}`): Message {
  return {
    conversationId: 'dm/alice/bob',
    seq,
    messageId: `m${seq}`,
    sender,
    clientMessageId: `c${seq}`,
    sentAt: 1,
    contentType: 'text/plain',
    content: new TextEncoder().encode(text),
    digest: digestOf(seq),
  }
}

/** The epoch of every conversation here, and the digest at a seq. */
export const EPOCH = 5
export const digestOf = (seq: number): number => 1000 + seq

/** A row of the list of conversations. */
export function conversation(lastSeq: number, positions: Partial<Conversation> = {}): Conversation {
  return {
    conversationId: 'dm/alice/bob',
    peer: 'bob',
    lastSeq,
    readSeq: 0,
    deliveredSeq: 0,
    unread: 0,
    peerReadSeq: 0,
    peerDeliveredSeq: 0,
    lastMessage: undefined,
    epoch: EPOCH,
    digest: digestOf(lastSeq),
    mentions: 0,
    beginSeq: 0,
    left: false,
    ...positions,
  }
}
