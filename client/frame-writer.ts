/** A batch is sent at this many bytes at the latest; far below any cap on a WebSocket message (F1). */
const BATCH_BYTES = 32 * 1024

/** Gathers the frames of one turn of the event loop into one write, which is one WebSocket message (F3). */
export class FrameWriter {
  readonly #send: (frames: Uint8Array) => void
  #frames: Uint8Array[] = []
  #bytes = 0

  constructor(send: (frames: Uint8Array) => void) {
    this.#send = send
  }

  write(frame: Uint8Array): void {
    if (this.#bytes + frame.length > BATCH_BYTES) this.flush()
    if (this.#frames.length === 0) queueMicrotask(this.flush)
    this.#frames.push(frame)
    this.#bytes += frame.length
  }

  readonly flush = (): void => {
    const [first, ...rest] = this.#frames
    if (!first) return
    const batch = rest.length === 0 ? first : joined(this.#frames, this.#bytes)
    this.#frames = []
    this.#bytes = 0
    this.#send(batch)
  }
}

function joined(frames: readonly Uint8Array[], length: number): Uint8Array {
  const batch = new Uint8Array(length)
  let offset = 0
  for (const frame of frames) {
    batch.set(frame, offset)
    offset += frame.length
  }
  return batch
}
