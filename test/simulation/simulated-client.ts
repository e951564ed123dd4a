import { Client } from '../../client/client.ts'
import type { ClosedReason } from '../../client/closed-reason.ts'
import type { DeviceClassName } from '../../client/device-class.ts'
import { ClosedError } from '../../client/errors.ts'
import type { Acknowledged, Discontinuity, Entry } from '../../client/history-check.ts'
import { simulatedTransports } from './client-doors.ts'
import type { Kernel } from './kernel.ts'

export const CLIENT_DOORS = ['tcp', 'ws', 'edge'] as const
export type ClientDoor = (typeof CLIENT_DOORS)[number]

export interface ClientTraits {
  readonly name: string
  readonly user: string
  readonly deviceClass: DeviceClassName
  readonly door: ClientDoor
}

const ADDRESSES: Record<ClientDoor, string> = { tcp: 'tcp://tcp', ws: 'ws://ws/ws', edge: 'ws://edge/ws' }

export interface ClientEvents {
  firstOnline(): void
  /** An operator's restore took the message away, and its id with it. */
  isRestoredAway(messageId: string): boolean
}

/** One running copy of the SDK, and what it has told its application. */
export class SimulatedClient {
  readonly traits: ClientTraits
  readonly client: Client
  readonly received: (Entry | Discontinuity)[] = []
  readonly acked: (Acknowledged & { messageId: string })[] = []
  /** Sends without an outcome. */
  pending = 0
  readonly #kernel: Kernel
  readonly #events: ClientEvents
  #ended = false

  constructor(kernel: Kernel, traits: ClientTraits, events: ClientEvents) {
    this.#events = events
    this.#kernel = kernel
    this.traits = traits
    const { name, user, deviceClass, door } = traits
    const { random } = kernel
    this.client = new Client(
      `${ADDRESSES[door]}?client=${name}`,
      {
        token: user,
        deviceId: name.replaceAll("'", ''),
        clock: kernel,
        random: random.next,
        requestTimeoutMs: random.pick([5_000, 10_000]),
        backoff: { baseMs: random.spread(20, 1000), maxMs: 4_000 },
      },
      { transports: simulatedTransports, deviceClass },
    )
    let wasOnline = false
    this.client.on('message', ({ conversationId, seq, from, clientMessageId }) => {
      kernel.note(name, `shows ${conversationId} ${seq}`)
      this.received.push({ conversationId, seq, from, clientMessageId })
    })
    this.client.on('discontinuity', ({ conversationId, fromSeq }) => {
      kernel.note(name, `is told of a discontinuity ${conversationId} ${fromSeq}`)
      this.received.push({ conversationId, fromSeq })
    })
    this.client.on('state', (state) => {
      kernel.note(name, state)
      if (state !== 'online' || wasOnline) return
      wasOnline = true
      events.firstOnline()
    })
    this.client.on('closed', (reason: ClosedReason) => {
      if (!this.#ended) kernel.breach(`${name} was closed for good: ${reason.code} ${reason.message}`)
    })
  }

  get name(): string {
    return this.traits.name
  }

  get isOnline(): boolean {
    return this.client.state === 'online'
  }

  /** Sends, and sometimes does what an unsure application does: sends the same again, or something else under the same id. */
  send(to: string, content: Uint8Array): void {
    this.pending++
    this.#send(to, content).catch((error: Error) => {
      if (!(this.#ended && error instanceof ClosedError)) this.#kernel.breach(`${this.name} could not send: ${error.message}`)
    })
  }

  async #send(to: string, content: Uint8Array): Promise<void> {
    const { random } = this.#kernel
    const message = { contentType: 'application/octet-stream', content }
    try {
      const first = await this.client.send({ to }, message)
      const { conversationId, seq, clientMessageId, messageId } = first
      this.acked.push({ conversationId, seq, from: this.traits.user, clientMessageId, client: this.name, messageId })
      this.#kernel.note(this.name, `has its ack ${conversationId} ${seq}`)
      if (random.chance(0.05)) {
        const again = await this.client.send({ to }, message, { clientMessageId })
        if ((again.seq !== seq || !again.duplicate) && !this.#events.isRestoredAway(messageId))
          this.#kernel.breach(`${clientMessageId} was sent again and stored at ${again.seq}, not at ${seq}`)
      }
      if (random.chance(0.02)) await this.#conflict(to, clientMessageId, messageId)
    } finally {
      this.pending--
    }
  }

  async #conflict(to: string, clientMessageId: string, messageId: string): Promise<void> {
    const other = { contentType: 'text/plain', content: Buffer.from('another message') }
    const code = await this.client.send({ to }, other, { clientMessageId }).then(
      () => 'stored',
      (error: Error & { code?: string }) => error.code ?? error.message,
    )
    if (code === 'message_id_conflict' || this.#ended || this.#events.isRestoredAway(messageId)) return
    this.#kernel.breach(`another message under the id ${clientMessageId} was ${code}`)
  }

  /** The application is ended without a word. */
  end(): void {
    this.#ended = true
    this.client.close().catch(() => {})
  }
}
