/**
 * Gathers the frames written in one turn of the event loop and hands them on as one chunk:
 * one system call, one WebSocket message.
 */
export class OutboundQueue {
  readonly #flushTo: (bytes: Uint8Array) => void
  #frames: Uint8Array[] = []
  #bytes = 0

  constructor(flushTo: (bytes: Uint8Array) => void) {
    this.#flushTo = flushTo
  }

  get bytes(): number {
    return this.#bytes
  }

  push(frame: Uint8Array): void {
    if (this.#frames.length === 0) process.nextTick(flush, this)
    this.#frames.push(frame)
    this.#bytes += frame.length
  }

  flush(): void {
    if (this.#frames.length === 0) return
    const frames = this.#frames
    const bytes = frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames, this.#bytes)
    this.#frames = []
    this.#bytes = 0
    this.#flushTo(bytes)
  }
}

function flush(queue: OutboundQueue): void {
  queue.flush()
}
