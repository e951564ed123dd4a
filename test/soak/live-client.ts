import { Client } from '../../client/client.ts'
import { connectionLost } from '../../client/closed-reason.ts'
import type { DeviceClassName } from '../../client/device-class.ts'
import { tcpTransports } from '../../client/tcp-transport.ts'
import type { OpenTransport, Transport, TransportHandlers, Transports } from '../../client/transport.ts'
import { webSocketTransports } from '../../client/websocket-transport.ts'
import type { Recorder } from './recorder.ts'

export interface LiveTraits {
  readonly name: string
  readonly user: string
  readonly url: string
  readonly deviceClass: DeviceClassName
  readonly token: () => Promise<string>
}

/** An SDK client over a real door, whose connection can be cut and whose history is recorded. */
export class LiveClient {
  readonly traits: LiveTraits
  readonly client: Client
  /** Sends without an ack. */
  pending = 0
  /** By conversation, the highest seq that was shown or acknowledged. */
  readonly reached = new Map<string, number>()
  closedAs: string | undefined
  #cut: () => void = () => {}
  readonly #recorder: Recorder

  constructor(traits: LiveTraits, recorder: Recorder) {
    this.traits = traits
    this.#recorder = recorder
    const { name, url, token, deviceClass } = traits
    this.client = new Client(
      url,
      { token, deviceId: name, deviceClass, backoff: { baseMs: 50, maxMs: 2_000 } },
      { transports: this.#cuttable({ ...tcpTransports, ...webSocketTransports }), deviceClass },
    )
    this.client.on('message', ({ conversationId, seq, from, clientMessageId }) => {
      recorder.write({ type: 'receive', client: name, conversationId, seq, from, clientMessageId })
      this.#reach(conversationId, seq)
    })
    this.client.on('discontinuity', ({ conversationId, fromSeq }) => {
      recorder.write({ type: 'discontinuity', client: name, conversationId, fromSeq })
    })
    this.client.on('closed', ({ code }) => {
      this.closedAs = code
    })
  }

  async send(to: string, text: string): Promise<void> {
    this.pending++
    const { user, name } = this.traits
    const { conversationId, seq, clientMessageId } = await this.client.send({ to }, text)
    this.pending--
    this.#recorder.write({ type: 'ack', client: name, conversationId, seq, from: user, clientMessageId })
    this.#reach(conversationId, seq)
  }

  /** Its connection breaks in the middle of whatever it does. */
  cut(): void {
    this.#cut()
  }

  #reach(conversationId: string, seq: number): void {
    this.reached.set(conversationId, Math.max(this.reached.get(conversationId) ?? 0, seq))
  }

  #cuttable(transports: Transports): Transports {
    const wrap =
      (open: OpenTransport): OpenTransport =>
      (url: URL, token: string, handlers: TransportHandlers): Transport => {
        const transport = open(url, token, handlers)
        this.#cut = () => {
          this.#cut = () => {}
          transport.close()
          handlers.onClose(connectionLost('cut'))
        }
        return transport
      }
    return Object.fromEntries(Object.entries(transports).map(([scheme, open]) => [scheme, wrap(open)]))
  }
}
