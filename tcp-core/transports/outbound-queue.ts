/** Whoever owns a queue and takes what it gathered. */
export interface Flushable {
  flushed(bytes: Uint8Array): void
}

/**
 * Gathers the frames written in one turn of the event loop and hands them on as one chunk:
 * one system call, one WebSocket message.
 */
export class OutboundQueue {
  readonly #to: Flushable
  #frames: Uint8Array[] | undefined
  #bytes = 0

  constructor(to: Flushable) {
    this.#to = to
  }

  get bytes(): number {
    return this.#bytes
  }

  push(frame: Uint8Array): void {
    this.#bytes += frame.length
    if (this.#frames) this.#frames.push(frame)
    else {
      this.#frames = [frame]
      process.nextTick(flush, this)
    }
  }

  flush(): void {
    const frames = this.#frames
    if (!frames) return
    const bytes = frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames, this.#bytes)
    this.#frames = undefined
    this.#bytes = 0
    this.#to.flushed(bytes)
  }
}

function flush(queue: OutboundQueue): void {
  queue.flush()
}
