import { type Writing, writeRounds } from './write-rounds.ts'

/** Whoever owns a queue and takes what it gathered. */
export interface Flushable {
  flushed(bytes: Uint8Array): void
}

/**
 * Gathers the frames written until the next round and hands them on as one chunk: one
 * system call, one WebSocket message.
 */
export class OutboundQueue implements Writing {
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
      writeRounds.add(this)
    }
  }

  flush(): void {
    const frames = this.#frames
    if (!frames) return
    const bytes = join(frames, this.#bytes)
    this.#frames = undefined
    this.#bytes = 0
    this.#to.flushed(bytes)
  }
}

let lastFrames: readonly Uint8Array[] = []
let lastJoined: Uint8Array = new Uint8Array(0)

/** The members of a group are mostly written the same frames, one after the other: those are joined once. */
function join(frames: readonly Uint8Array[], bytes: number): Uint8Array {
  if (frames.length === 1) return frames[0] as Uint8Array
  if (frames.length !== lastFrames.length || !frames.every((frame, at) => frame === lastFrames[at])) {
    lastFrames = frames
    lastJoined = Buffer.concat(frames, bytes)
  }
  return lastJoined
}
