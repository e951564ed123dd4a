import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { Connection } from '../../tcp-core/sessions/connection.ts'
import { Session } from '../../tcp-core/sessions/session.ts'
import type { Kernel } from './kernel.ts'
import type { LogDisk } from './log-disk.ts'

/** R4, counted here once more and independently of AckWait. */
const MAX_MESSAGES = 256
const MAX_BYTES = 1024 * 1024
const COMMAND_AT = 5
const HEADER_BYTES = 12

interface Window {
  messages: number
  bytes: number
  /** seq and bytes of each message, alternating, by conversation. */
  readonly pushed: Map<string, number[]>
  readonly lastSeq: Map<string, number>
}

/**
 * Looks at every frame that a core writes, and holds it against what is on the disk at that
 * moment: what is acknowledged or delivered is durable (S2, R1), in order, and no session
 * has more unacknowledged than its window (R4).
 */
export class WireWatch {
  readonly #kernel: Kernel
  readonly #disk: () => LogDisk
  readonly #windows = new WeakMap<Connection, Window>()
  gaps = 0
  maxMessages = 0

  constructor(kernel: Kernel, disk: () => LogDisk) {
    this.#kernel = kernel
    this.#disk = disk
    watching = this
  }

  written(connection: Connection, frame: Uint8Array): void {
    switch (frame[COMMAND_AT]) {
      case Command.SEND_ACK: {
        const { conversationId, seq, messageId } = decodeBody(Command.SEND_ACK, frame.subarray(HEADER_BYTES))
        return this.#durable('acknowledged', conversationId, seq, messageId)
      }
      case Command.DELIVER: {
        const { conversationId, seq, messageId } = decodeBody(Command.DELIVER, frame.subarray(HEADER_BYTES))
        this.#durable('delivered', conversationId, seq, messageId)
        return this.#pushed(connection, conversationId, seq, frame.length)
      }
      case Command.GAP:
        this.gaps++
    }
  }

  acknowledged(connection: Connection, conversationId: string, seq: number): void {
    const window = this.#windows.get(connection)
    const pushed = window?.pushed.get(conversationId)
    if (!window || !pushed) return
    while (pushed.length > 0 && (pushed[0] as number) <= seq) {
      window.messages--
      window.bytes -= pushed[1] as number
      pushed.splice(0, 2)
    }
  }

  #durable(what: string, conversationId: string, seq: number, messageId: string): void {
    const stored = this.#disk().messages(conversationId)[seq - 1]
    if (stored?.messageId !== messageId) this.#kernel.breach(`${conversationId} ${seq} was ${what} and is not on disk`)
  }

  #pushed(connection: Connection, conversationId: string, seq: number, bytes: number): void {
    let window = this.#windows.get(connection)
    if (!window) {
      window = { messages: 0, bytes: 0, pushed: new Map(), lastSeq: new Map() }
      this.#windows.set(connection, window)
    }
    const who = connection.session?.user.id
    if (window.messages >= MAX_MESSAGES || (window.messages > 0 && window.bytes + bytes > MAX_BYTES)) {
      this.#kernel.breach(
        `${conversationId} ${seq} was pushed to ${who} past the window: ${window.messages} messages, ${window.bytes} bytes`,
      )
    }
    const last = window.lastSeq.get(conversationId) ?? 0
    if (seq <= last) this.#kernel.breach(`${conversationId} ${seq} was pushed to ${who} after ${last}`)
    window.lastSeq.set(conversationId, seq)
    window.messages++
    window.bytes += bytes
    this.maxMessages = Math.max(this.maxMessages, window.messages)
    const pushed = window.pushed.get(conversationId)
    if (pushed) pushed.push(seq, bytes)
    else window.pushed.set(conversationId, [seq, bytes])
  }
}

let watching: WireWatch | undefined

const { write } = Connection.prototype
Connection.prototype.write = function (frame) {
  if (this.isOpen) watching?.written(this, frame)
  write.call(this, frame)
}

const { acknowledge } = Session.prototype
Session.prototype.acknowledge = function (conversationId, seq) {
  watching?.acknowledged(this.connection, conversationId, seq)
  acknowledge.call(this, conversationId, seq)
}
