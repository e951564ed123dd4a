import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import { Direction, type Page, type PageQuery, type Send } from '../../shared/gen/hawser.ts'
import type { Pipe } from './pipe.ts'
import type { WireClient } from './wire.ts'

const PING = encodeFrame(Command.PING, 0, {})
/** As the SDK's ids look: a UUIDv7, which begins with the time. */
const ID = '00000000-0000-7000-8000-000000000000'
const DIGITS = '0123456789abcdef'
const EMPTY = new Uint8Array(0)
/** Users that one change may name (G8). */
const USERS_PER_CHANGE = 500
const PAGE_MESSAGES = 200

/** A SEND as the codec makes it, in which id and content are put in anew for each message. */
class SendFrame {
  readonly #frame: Buffer
  readonly #idAt: number
  readonly #contentAt: number

  constructor(target: { toUser: string; conversationId: string }, content: Uint8Array) {
    this.#frame = Buffer.from(encodeFrame(Command.SEND, 0, { clientMessageId: ID, ...target, contentType: '', content }))
    this.#idAt = this.#frame.indexOf(ID)
    this.#contentAt = this.#frame.length - content.length
  }

  with(id: number, content: Uint8Array): Buffer {
    const frame = this.#frame
    const now = Date.now()
    frame.writeUInt32BE(id, 8)
    putHex(frame, this.#idAt + 8, 8, Math.floor(now / 65536))
    putHex(frame, this.#idAt + 13, 4, now % 65536)
    putHex(frame, this.#idAt + ID.length, 8, id)
    frame.set(content, this.#contentAt)
    return frame
  }
}

function putHex(frame: Buffer, end: number, digits: number, value: number): void {
  for (let at = end - 1, rest = value; at >= end - digits; at--, rest = Math.floor(rest / 16)) {
    frame[at] = DIGITS.charCodeAt(rest % 16)
  }
}

export class HawserClient implements WireClient {
  readonly #pipe: Pipe
  readonly #user: string
  readonly #frames = new Map<string, SendFrame>()
  #requestId = 1
  readonly #questions = new Map<number, (page: Page | undefined) => void>()

  constructor(pipe: Pipe, user: string) {
    this.#pipe = pipe
    this.#user = user
  }

  send(to: string, content: Uint8Array): void {
    let frame = this.#frames.get(to)
    if (!frame) {
      frame = new SendFrame({ toUser: to, conversationId: '' }, content)
      this.#frames.set(to, frame)
    }
    this.#pipe.write(frame.with(++this.#requestId, content))
  }

  async found(group: string, users: readonly string[]): Promise<void> {
    const members = users.slice(0, USERS_PER_CHANGE)
    await this.#change(group, { create: { name: group, description: '', avatar: '', attributes: [], members } })
    for (let at = USERS_PER_CHANGE; at < users.length; at += USERS_PER_CHANGE) {
      await this.#change(group, { add: { users: users.slice(at, at + USERS_PER_CHANGE) } })
    }
  }

  /** Who founded the group has made all its users members. */
  async join(): Promise<void> {}

  publish(group: string, content: Uint8Array): void {
    let frame = this.#frames.get(group)
    if (!frame) {
      frame = new SendFrame({ toUser: '', conversationId: `group/${group}` }, content)
      this.#frames.set(group, frame)
    }
    this.#pipe.write(frame.with(++this.#requestId, content))
  }

  /** A page of the conversation with a user, from after `fromSeq` on. */
  page(withUser: string, fromSeq: number, limit: number): Promise<Page> {
    const { promise, resolve } = Promise.withResolvers<Page>()
    this.#sync({ conversationId: '', withUser, fromSeq, limit }, resolve)
    return promise
  }

  /** R5: all of a conversation from after `fromSeq` on, a page after the other. The last of them has no more. */
  pull(conversation: { conversationId: string; withUser: string }, fromSeq: number, take: (page: Page) => void): void {
    this.#sync({ ...conversation, fromSeq, limit: PAGE_MESSAGES }, (page) => {
      take(page)
      if (page.more) this.pull(conversation, page.messages.at(-1)?.seq ?? fromSeq, take)
    })
  }

  heartbeat(): void {
    this.#pipe.write(PING)
  }

  close(): void {
    this.#pipe.close()
  }

  /** An answer has come; says whether it was to a question. */
  answered(requestId: number, page: Page | undefined): boolean {
    const answer = this.#questions.get(requestId)
    if (!answer) return false
    this.#questions.delete(requestId)
    answer(page)
    return true
  }

  #change(group: string, change: NonNullable<Send['change']>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const id = this.#ask(() => resolve())
    const clientMessageId = `${this.#user}-change-${id}`
    const target = { toUser: '', conversationId: `group/${group}`, contentType: '', content: EMPTY }
    this.#pipe.write(encodeFrame(Command.SEND, id, { clientMessageId, ...target, change }))
    return promise
  }

  #sync(part: Pick<PageQuery, 'conversationId' | 'withUser' | 'fromSeq' | 'limit'>, take: (page: Page) => void): void {
    const id = this.#ask((page) => {
      if (!page) throw new Error('a SYNC was answered without a page')
      take(page)
    })
    const query = { ...part, direction: Direction.FORWARD, epoch: 0, digest: 0 }
    this.#pipe.write(encodeFrame(Command.SYNC, id, { page: query }))
  }

  #ask(answered: (page: Page | undefined) => void): number {
    const id = ++this.#requestId
    this.#questions.set(id, answered)
    return id
  }
}
