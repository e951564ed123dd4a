import { Command } from '../shared/commands.ts'
import { checkId, ROOM_ID_BYTES } from '../shared/fields.ts'
import type { RoomMessage as RoomMessageBody } from '../shared/gen/hawser.ts'
import { type Content, encodedContent, type ReceivedContent, receivedContent } from './content.ts'
import type { Exchange } from './exchange.ts'

/** A message of a room, which is kept nowhere. */
export interface RoomMessage extends ReceivedContent {
  readonly roomId: string
  /** The id of the user who sent it. */
  readonly from: string
  /** When the server took it in, in milliseconds since 1970. */
  readonly sentAt: number
}

/** The rooms that this client is in (T4). They are the session's: a new one joins them again. */
export class Rooms {
  readonly #exchange: Exchange
  readonly #joined = new Set<string>()

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  async join(roomId: string): Promise<{ sessions: number }> {
    checkId('room_id', roomId, ROOM_ID_BYTES)
    this.#joined.add(roomId)
    try {
      const { sessions } = await this.#exchange.ask(Command.ROOM, { roomId, leave: false })
      return { sessions }
    } catch (error) {
      this.#joined.delete(roomId)
      throw error
    }
  }

  async leave(roomId: string): Promise<void> {
    this.#joined.delete(roomId)
    await this.#exchange.ask(Command.ROOM, { roomId, leave: true })
  }

  publish(roomId: string, content: Content): Promise<{ sessions: number }> {
    return this.#exchange.askOnce(Command.PUBLISH, { roomId, ...encodedContent(content) })
  }

  /** After a login, and a GAP without a conversation. */
  restore(): void {
    for (const roomId of this.#joined) {
      this.#exchange.restore(Command.ROOM, () => (this.#joined.has(roomId) ? { roomId, leave: false } : undefined))
    }
  }
}

export function roomMessageOf(message: RoomMessageBody): RoomMessage {
  const { roomId, sender, sentAt } = message
  return { roomId, from: sender, sentAt, ...receivedContent(message) }
}
