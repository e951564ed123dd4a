import type { Kernel } from './kernel.ts'

/** What one write puts on a line: bytes of a stream, a message, or the end. */
export type Unit =
  | { readonly kind: 'binary'; readonly data: Uint8Array }
  | { readonly kind: 'text'; readonly data: string }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** The writer writes no more. */
  | { readonly kind: 'end' }

/** Who holds one end of a line. */
export interface LineHandler {
  received(unit: Unit): void
  /** What was written has left the writer's buffer. */
  drained(): void
  /** The line is no more, without a word. */
  lost(): void
}

export interface LineQuality {
  readonly minLatencyMs: number
  readonly maxLatencyMs: number
  readonly bytesPerMs: number
  /** What fits between the writer's buffer and the reader. */
  readonly capacityBytes: number
  /** A byte stream: what is written may arrive in pieces. */
  readonly isStream: boolean
}

const FAST_BYTES_PER_MS = 1e6

/** A client's line. The slowest take longer for a whole page (Y1) than a client waits for an answer. */
export function drawClientLine({ random }: Kernel, isStream: boolean): LineQuality {
  const minLatencyMs = random.spread(0.1, 60)
  return {
    minLatencyMs,
    maxLatencyMs: minLatencyMs * random.spread(1, 6),
    bytesPerMs: random.chance(0.15) ? random.spread(10, 2000) : FAST_BYTES_PER_MS,
    capacityBytes: Math.ceil(random.spread(4096, 4 * 1024 * 1024)),
    isStream,
  }
}

/** The line between a core and a shard. */
export function drawUplink({ random }: Kernel): LineQuality {
  const minLatencyMs = random.spread(0.1, 60)
  return {
    minLatencyMs,
    maxLatencyMs: minLatencyMs * random.spread(1, 3),
    bytesPerMs: FAST_BYTES_PER_MS,
    capacityBytes: Math.ceil(random.spread(64 * 1024, 4 * 1024 * 1024)),
    isStream: false,
  }
}

const bytesOf = (unit: Unit) => (unit.kind === 'binary' ? unit.data.length : unit.kind === 'text' ? unit.data.length : 8)

/** One direction of a line: in order, delayed, and as full as its capacity at most. */
class Pipe {
  handler: LineHandler | undefined
  /** The writer's buffer has become empty again. */
  writerDrained: () => void = () => {}
  /** Bytes in the writer's buffer. */
  bufferedBytes = 0
  readonly #kernel: Kernel
  readonly #name: string
  readonly #quality: LineQuality
  #buffer: Unit[] = []
  #onWayBytes = 0
  #arrived: Unit[] = []
  #freeAt = 0
  #lastArrival = 0
  #stops = 0
  #over = false
  #handing = false
  #after: (() => void) | undefined

  constructor(kernel: Kernel, name: string, quality: LineQuality) {
    this.#kernel = kernel
    this.#name = name
    this.#quality = quality
  }

  write(unit: Unit): void {
    if (this.#over) return
    const { random } = this.#kernel
    if (this.#quality.isStream && unit.kind === 'binary' && unit.data.length > 1 && random.chance(0.1)) {
      const at = 1 + random.below(unit.data.length - 1)
      this.#add({ kind: 'binary', data: unit.data.subarray(0, at) })
      this.#add({ kind: 'binary', data: unit.data.subarray(at) })
    } else this.#add(unit)
    this.#pump()
  }

  /** The reader does not read, or nothing gets through, until as many calls of `go`. */
  stop(): void {
    this.#stops++
  }

  go(): void {
    this.#stops--
    this.#hand()
  }

  /** Nothing more comes out of it. */
  end(): void {
    this.#over = true
    this.#buffer = []
    this.#arrived = []
  }

  /** The writer has gone: what it wrote still arrives, then `after` is called. */
  finish(after: () => void): void {
    this.#after = after
    this.#hand()
  }

  #add(unit: Unit): void {
    this.#buffer.push(unit)
    this.bufferedBytes += bytesOf(unit)
  }

  #pump(): void {
    const { random } = this.#kernel
    const { bytesPerMs, capacityBytes, minLatencyMs, maxLatencyMs } = this.#quality
    let sent = 0
    for (const unit of this.#buffer) {
      const bytes = bytesOf(unit)
      if (this.#onWayBytes > 0 && this.#onWayBytes + bytes > capacityBytes) break
      sent++
      this.#onWayBytes += bytes
      this.bufferedBytes -= bytes
      this.#freeAt = Math.max(this.#kernel.time, this.#freeAt) + bytes / bytesPerMs
      this.#lastArrival = Math.max(this.#lastArrival, this.#freeAt + random.between(minLatencyMs, maxLatencyMs))
      this.#kernel.at(this.#lastArrival, () => this.#arrive(unit))
    }
    if (sent === 0) return
    this.#buffer.splice(0, sent)
  }

  #arrive(unit: Unit): void {
    if (this.#over) return
    this.#arrived.push(unit)
    this.#hand()
  }

  #hand(): void {
    if (this.#handing) return
    this.#handing = true
    while (this.#stops === 0 && !this.#over) {
      const unit = this.#arrived.shift()
      if (!unit) break
      const bytes = bytesOf(unit)
      this.#onWayBytes -= bytes
      this.#kernel.note(this.#name, `${unit.kind} ${bytes}`)
      this.handler?.received(unit)
      const wasFull = this.bufferedBytes > 0
      this.#pump()
      if (wasFull && this.bufferedBytes === 0) this.#kernel.after(this.#quality.minLatencyMs, () => this.writerDrained())
    }
    this.#handing = false
    if (!this.#after || this.#onWayBytes > 0 || this.#buffer.length > 0 || this.#stops > 0 || this.#over) return
    this.#over = true
    this.#kernel.after(this.#quality.minLatencyMs, this.#after)
  }
}

/** One end of a line, as its holder sees it. */
export class LineEnd {
  readonly #line: Line
  readonly #out: Pipe
  readonly #in: Pipe
  #reading = false
  #over = false
  #isLost = false

  constructor(line: Line, out: Pipe, incoming: Pipe) {
    this.#line = line
    this.#out = out
    this.#in = incoming
    incoming.stop()
  }

  get bufferedBytes(): number {
    return this.#out.bufferedBytes
  }

  /** Begins to listen; it reads from now on. */
  open(handler: LineHandler): void {
    this.#in.handler = handler
    this.#out.writerDrained = () => {
      if (!this.#over) handler.drained()
    }
    if (this.#isLost) process.nextTick(() => handler.lost())
    this.resume()
  }

  write(unit: Unit): void {
    if (!this.#over) this.#out.write(unit)
  }

  pause(): void {
    if (!this.#reading) return
    this.#reading = false
    this.#in.stop()
  }

  resume(): void {
    if (this.#reading) return
    this.#reading = true
    this.#in.go()
  }

  /** Lets go of the line; the other end learns of it. */
  drop(): void {
    if (this.#over) return
    this.#over = true
    this.#line.dropped(this)
  }

  /** Called by the line. */
  lost(): void {
    if (this.#over) return
    this.#over = true
    this.#isLost = true
    this.#in.handler?.lost()
  }
}

/** A connection between two places: two pipes, which can be cut, silenced or not read from. */
export class Line {
  readonly name: string
  readonly near: LineEnd
  readonly far: LineEnd
  readonly #kernel: Kernel
  readonly #quality: LineQuality
  readonly #toFar: Pipe
  readonly #toNear: Pipe
  #isSilent = false
  #isOver = false
  readonly #onOver: (line: Line) => void

  constructor(kernel: Kernel, name: string, quality: LineQuality, onOver: (line: Line) => void = () => {}) {
    this.#kernel = kernel
    this.name = name
    this.#quality = quality
    this.#onOver = onOver
    this.#toFar = new Pipe(kernel, `${name}>`, quality)
    this.#toNear = new Pipe(kernel, `${name}<`, quality)
    this.near = new LineEnd(this, this.#toFar, this.#toNear)
    this.far = new LineEnd(this, this.#toNear, this.#toFar)
  }

  latency(): number {
    return this.#kernel.random.between(this.#quality.minLatencyMs, this.#quality.maxLatencyMs)
  }

  /** Ends it for both: each learns of it in its own time. */
  cut(): void {
    if (this.#isOver) return
    this.#kernel.note('cut', this.name)
    this.#isOver = true
    this.#toFar.end()
    this.#toNear.end()
    this.#onOver(this)
    this.#kernel.after(this.latency(), () => this.near.lost())
    this.#kernel.after(this.latency(), () => this.far.lost())
  }

  /** Nothing gets through for a while, and nobody is told. */
  silence(milliseconds: number): void {
    if (this.#isSilent || this.#isOver) return
    this.#kernel.note('silence', `${this.name} ${milliseconds.toFixed(0)}`)
    this.#isSilent = true
    this.#toFar.stop()
    this.#toNear.stop()
    this.#kernel.after(milliseconds, () => {
      this.#isSilent = false
      this.#toFar.go()
      this.#toNear.go()
    })
  }

  /** The near end does not read for a while. */
  freeze(milliseconds: number): void {
    this.#kernel.note('freeze', `${this.name} ${milliseconds.toFixed(0)}`)
    this.#toNear.stop()
    this.#kernel.after(milliseconds, () => this.#toNear.go())
  }

  /** Called by an end whose holder has let go: what it sent still arrives, and then the other end is told. */
  dropped(by: LineEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    const [out, back, other] = by === this.near ? [this.#toFar, this.#toNear, this.far] : [this.#toNear, this.#toFar, this.near]
    back.end()
    out.finish(() => other.lost())
    this.#onOver(this)
  }
}
