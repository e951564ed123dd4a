import type { Transport, TransportHandler } from '../../tcp-core/transports/transport.ts'

/** A peer that only notes how it ends. */
export class QuietTransport implements Transport {
  readonly kind = 'edge'
  readonly remoteAddress = '127.0.0.1'
  readonly bufferedBytes = 0
  readonly keepsHeartbeat: boolean
  readonly pausesAlone = true
  closedWith = 0
  #handler: TransportHandler | undefined

  /** `keepsHeartbeat`: as the edge's channels do, where the shard listens for it. */
  constructor(keepsHeartbeat = false) {
    this.keepsHeartbeat = keepsHeartbeat
  }

  start(handler: TransportHandler): void {
    this.#handler = handler
  }

  write(): void {}

  pause(): void {}

  resume(): void {}

  established(): void {}

  close(code: number): void {
    this.closedWith = code
    this.#handler?.ended()
  }
}
