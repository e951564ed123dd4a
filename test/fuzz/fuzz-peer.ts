import { closeNameOf } from '../../shared/codes.ts'
import { BODIES, Command } from '../../shared/commands.ts'
import { decodeBody, HEADER_BYTES, VERSION } from '../../shared/frame.ts'
import type { Core } from '../../tcp-core/core.ts'
import type { Entry } from '../../tcp-core/limits/gate.ts'
import { Connection } from '../../tcp-core/sessions/connection.ts'
import type { SessionFacts, Transport } from '../../tcp-core/transports/transport.ts'
import { joined } from './bytes.ts'

export type PeerKind = 'tcp' | 'ws' | 'edge'

const ANSWERS: ReadonlySet<number> = new Set([
  Command.LOGIN_ACK,
  Command.PONG,
  Command.SEND_ACK,
  Command.SYNC_ACK,
  Command.READ_ACK,
  Command.WATCH_ACK,
  Command.ROOM_ACK,
  Command.PUBLISH_ACK,
  Command.ERROR,
])
/** These are answered by an error at most. */
const UNANSWERED: ReadonlySet<number> = new Set([Command.DELIVER_ACK, Command.TYPING, Command.LOGOUT])
/** R4 */
const WINDOW = 256
/** What waits for a WebSocket peer is said to be so many times as much, so that little is enough to hold it back. */
const WEIGHT = 64

/** How often a request's id was asked under, and answered. */
interface Account {
  must: number
  may: number
  answers: number
}

/** A peer and its way in: does what the test says, and notes all that the core does to it that no core may do. */
export class FuzzPeer implements Transport {
  readonly kind: PeerKind
  readonly remoteAddress: string
  readonly keepsHeartbeat: boolean
  readonly pausesAlone = true
  readonly connection: Connection
  readonly tickets: string[] = []
  readonly faults: string[] = []
  generation = 0
  bufferedBytes = 0
  /** Takes what is written to it. */
  reads = true
  /** The core had a session for it. */
  hadSession = false
  /** The core ended it. */
  closed = false
  /** It is over. */
  over = false
  readonly #maxFrameBytes: number
  readonly #inbox: (() => void)[] = []
  readonly #accounts = new Map<number, Account>()
  /** DELIVERs without their DELIVER_ACK, by conversation. */
  readonly #unacked = new Map<string, Set<number>>()
  #stream = new Uint8Array(0)
  #broken = false
  #held = false

  constructor(core: Core, entry: Entry, kind: PeerKind, remoteAddress: string) {
    this.kind = kind
    this.remoteAddress = remoteAddress
    this.keepsHeartbeat = kind === 'edge'
    this.#maxFrameBytes = core.config.maxFrameBytes
    this.connection = new Connection(core, this, entry)
  }

  get isOpen(): boolean {
    return !this.closed && !this.over
  }

  /** Something is on its way to it or from it. */
  get isBusy(): boolean {
    return this.isOpen && (this.#held || this.bufferedBytes > 0 || this.#inbox.length > 0)
  }

  // What the peer does.

  /** Bytes of a stream, cut anywhere, or one WebSocket message. */
  sends(bytes: Uint8Array): void {
    this.#arrives(() => {
      this.#note(bytes)
      if (this.kind === 'tcp') this.connection.received(bytes)
      else this.connection.receivedMessage(bytes)
      if (this.#broken && this.isOpen) this.faults.push('what is no frame was taken without a close')
    })
  }

  sendsText(): void {
    this.#arrives(() => {
      this.connection.receivedText()
      if (this.isOpen) this.faults.push('text was taken without a close')
    })
  }

  beats(): void {
    this.#arrives(() => this.connection.heardFrom())
  }

  ends(): void {
    if (this.over) return
    this.over = true
    this.connection.ended()
  }

  /** What was written leaves, if the peer takes it; and what waited while it was held comes in. */
  turns(): void {
    if (this.closed) return this.ends()
    if (this.over) return
    if (this.reads && this.bufferedBytes > 0) {
      this.bufferedBytes = 0
      this.connection.drained()
    }
    while (!this.#held && this.isOpen) {
      const next = this.#inbox.shift()
      if (!next) return
      next()
    }
  }

  /** Once nothing is under way any more: every request has its answer. */
  settledFault(): string | undefined {
    if (!this.isOpen) return undefined
    if (this.#held) return 'it is held back though nothing waits for it'
    for (const [requestId, { must, answers }] of this.#accounts) {
      if (answers < must) return `request ${requestId} was asked ${must} times and answered ${answers} times`
    }
    return undefined
  }

  // What the core does.

  start(): void {}

  write(frame: Uint8Array): void {
    if (!this.isOpen) return void this.faults.push(`a frame was written after the ${this.over ? 'end' : 'close'}`)
    this.bufferedBytes += this.kind === 'ws' ? WEIGHT * frame.length : frame.length
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
    const [length, command, requestId] = [view.getUint32(0), view.getUint8(5), view.getUint32(8)]
    if (length !== frame.length - 4 || view.getUint8(4) !== VERSION || !(command in BODIES)) {
      return void this.faults.push(`what is no frame was written: ${Buffer.from(frame.subarray(0, 20)).toString('hex')}`)
    }
    this.#noteAnswer(command as Command, requestId, frame.subarray(HEADER_BYTES))
  }

  pause(): void {
    this.#held = true
  }

  resume(): void {
    this.#held = false
  }

  established({ ticket }: SessionFacts): void {
    this.hadSession = true
    this.tickets.push(ticket())
  }

  close(code: number, reason: string): void {
    if (this.closed) this.faults.push('it was closed twice')
    if (closeNameOf(code) === undefined || reason === '') this.faults.push(`it was closed with ${code} "${reason}"`)
    this.closed = true
    // The edge's channel is over with the close; a socket takes a while.
    if (this.kind === 'edge') this.ends()
  }

  #arrives(work: () => void): void {
    if (!this.isOpen) return
    if (this.#held) this.#inbox.push(work)
    else work()
  }

  #noteAnswer(command: Command, requestId: number, body: Uint8Array): void {
    const decoded = decodeBody(command, body)
    if (command === Command.LOGIN_ACK) this.generation = (decoded as { generation: number }).generation
    if (command === Command.DELIVER) this.#delivered(decoded as { conversationId: string; seq: number })
    if (!ANSWERS.has(command)) {
      if (requestId !== 0) this.faults.push(`a push has the requestId ${requestId}`)
      return
    }
    const account = this.#account(requestId)
    if (++account.answers > account.must + account.may) this.faults.push(`request ${requestId} has an answer too many`)
  }

  #delivered({ conversationId, seq }: { conversationId: string; seq: number }): void {
    const seqs = this.#unacked.get(conversationId) ?? new Set()
    this.#unacked.set(conversationId, seqs.add(seq))
    let unacked = 0
    for (const { size } of this.#unacked.values()) unacked += size
    if (unacked > WINDOW) this.faults.push(`${unacked} messages are unacknowledged`)
  }

  /** A reading of its own of what goes to the core, so that the core's decoder is not its own judge. */
  #note(bytes: Uint8Array): void {
    const stream = this.#stream.length === 0 ? bytes : joined([this.#stream, bytes])
    const view = new DataView(stream.buffer, stream.byteOffset, stream.length)
    let at = 0
    while (stream.length - at >= 4) {
      const length = view.getUint32(at)
      if (length > this.#maxFrameBytes || length < 8 || (stream.length - at > 4 && view.getUint8(at + 4) !== VERSION)) {
        this.#broken = true
        return
      }
      if (stream.length - at < 4 + length) break
      this.#asked(view.getUint8(at + 5), view.getUint32(at + 8), stream.subarray(at + HEADER_BYTES, at + 4 + length))
      at += 4 + length
    }
    this.#stream = stream.slice(at)
    if (this.kind !== 'tcp' && this.#stream.length > 0) this.#broken = true
  }

  #asked(command: number, requestId: number, body: Uint8Array): void {
    const account = this.#account(requestId)
    if (UNANSWERED.has(command)) account.may++
    else account.must++
    if (command !== Command.DELIVER_ACK) return
    try {
      for (const { conversationId, seq } of decodeBody(Command.DELIVER_ACK, body).positions) {
        const seqs = this.#unacked.get(conversationId) ?? []
        for (const delivered of seqs) if (delivered <= seq) this.#unacked.get(conversationId)?.delete(delivered)
      }
    } catch {
      // It gets its error.
    }
  }

  #account(requestId: number): Account {
    const account = this.#accounts.get(requestId) ?? { must: 0, may: 0, answers: 0 }
    this.#accounts.set(requestId, account)
    return account
  }
}
