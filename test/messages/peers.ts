import { Command } from '../../shared/commands.ts'
import { decodeBody, type Frame } from '../../shared/frame.ts'
import { type Details, Direction, type ErrorReply, type Message, type Query, type Send, type SendAck } from '../../shared/gen/hawser.ts'
import type { CoreProcess } from '../support/core-process.ts'
import type { TokenSigner } from '../support/tokens.ts'
import { WirePeer } from '../support/wire-peer.ts'

export const DETAILS: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: 0 }

/** A user at the core's TCP door who says what the tests of this folder need. */
export class Peer {
  readonly wire: WirePeer
  readonly user: string
  #requests = 100

  private constructor(wire: WirePeer, user: string) {
    this.wire = wire
    this.user = user
  }

  static async login(core: CoreProcess, signer: TokenSigner, user: string, instanceId = ''): Promise<Peer> {
    const wire = await WirePeer.tcp(core.tcp)
    await wire.login(await signer.token(user), { instanceId })
    return new Peer(wire, user)
  }

  /** Sends without waiting for the answer. */
  begin(fields: Partial<Send> & { toUser?: string }): Promise<Frame> {
    const id = ++this.#requests
    const body = { clientMessageId: `c${id}`, toUser: '', conversationId: '', contentType: '', content: new Uint8Array(0), ...fields }
    return this.wire.ask(Command.SEND, id, body)
  }

  async send(toUser: string, text: string, fields: Partial<Send> = {}): Promise<SendAck> {
    return acked(await this.begin({ toUser, content: Buffer.from(text), ...fields }))
  }

  async page(conversationId: string): Promise<Message[]> {
    const page = { conversationId, withUser: '', direction: Direction.FORWARD, fromSeq: 0, limit: 200, epoch: 0, digest: 0 }
    const answer = await this.wire.ask(Command.SYNC, ++this.#requests, { page, list: undefined })
    return decodeBody(Command.SYNC_ACK, answer.body).page?.messages ?? []
  }

  async query(query: Query) {
    const answer = await this.wire.ask(Command.QUERY, ++this.#requests, query)
    if (answer.command === Command.ERROR) throw new Error(errorOf(answer).code)
    return decodeBody(Command.QUERY_ACK, answer.body)
  }

  /** The next message that is pushed. */
  async delivered(): Promise<Message> {
    return this.wire.nextOf(Command.DELIVER)
  }

  /** The next one of the kind that is pushed. */
  async deliveredOf(matches: (message: Message) => boolean): Promise<Message> {
    const frame = await this.wire.next(({ command, body }) => command === Command.DELIVER && matches(decodeBody(Command.DELIVER, body)))
    return decodeBody(Command.DELIVER, frame.body)
  }
}

export function acked(answer: Frame): SendAck {
  if (answer.command === Command.ERROR) throw new Error(errorOf(answer).code)
  return decodeBody(Command.SEND_ACK, answer.body)
}

export function errorOf(answer: Frame): ErrorReply {
  return decodeBody(Command.ERROR, answer.body)
}
