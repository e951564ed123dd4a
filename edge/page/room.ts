import { type ReadonlySignal, signal } from '@preact/signals'
import type { Client, RoomMessage } from 'hawser'
import { newId } from './new-id.ts'
import { now } from './server-date.ts'
import { textOf } from './stored-message.ts'
import { inWords } from './words.ts'

/** The last that were said stay on the screen. */
const MOST = 200

export interface RoomLine {
  readonly key: string
  readonly from: string
  readonly text: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** What is said in a room while one is there; nobody keeps it (docs/PROTOCOL.md, T4). */
export class Room {
  readonly id: string
  readonly #client: Client
  readonly #self: string
  readonly #lines = signal<readonly RoomLine[]>([])
  readonly #sessions = signal(0)
  readonly #fault = signal('')
  #stopListening = (): void => {}

  readonly lines: ReadonlySignal<readonly RoomLine[]> = this.#lines
  /** How many were there, oneself too, when one came or last said something; 0 until then. */
  readonly sessions: ReadonlySignal<number> = this.#sessions
  /** Why one is not in it, or was not heard. */
  readonly fault: ReadonlySignal<string> = this.#fault

  constructor(client: Client, self: string, id: string) {
    this.#client = client
    this.#self = self
    this.id = id
  }

  async enter(): Promise<void> {
    this.#stopListening = this.#client.on('roomMessage', (message) => this.#heard(message))
    const answer = await this.#answered(this.#client.joinRoom(this.id))
    if (answer) this.#sessions.value = answer.sessions
  }

  leave(): void {
    this.#stopListening()
    this.#client.leaveRoom(this.id).catch(() => {
      // It ends with the session anyway.
    })
  }

  async say(text: string): Promise<void> {
    const answer = await this.#answered(this.#client.publish(this.id, text))
    if (!answer) return
    this.#sessions.value = answer.sessions + 1
    this.#add(this.#self, text, now())
  }

  async #answered<T>(asking: Promise<T>): Promise<T | undefined> {
    try {
      const answer = await asking
      this.#fault.value = ''
      return answer
    } catch (error) {
      this.#fault.value = inWords(error)
      return undefined
    }
  }

  #heard(message: RoomMessage): void {
    if (message.roomId === this.id) this.#add(message.from, textOf(message), message.sentAt)
  }

  #add(from: string, text: string, at: number): void {
    this.#lines.value = [...this.#lines.peek().slice(1 - MOST), { key: newId(), from, text, at }]
  }
}
