import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { LineEnd, LineHandler, Unit } from './network.ts'

/** From here on Node asks a writer to wait for `drain`. */
const HIGH_WATER_BYTES = 16 * 1024

/** The core's end of a byte stream: as much of Node's Socket as StreamTransport uses. */
export class StreamSocket extends EventEmitter implements LineHandler {
  readonly #line: LineEnd
  #opened = false
  #needsDrain = false
  #ended = false
  #peerEnded = false
  #closed = false

  constructor(line: LineEnd) {
    super()
    this.#line = line
  }

  /** To be handed to the product. */
  asSocket(): Socket {
    return this as unknown as Socket
  }

  get writableLength(): number {
    return this.#line.bufferedBytes
  }

  setNoDelay(): void {}

  write(data: Uint8Array): boolean {
    if (this.#ended || this.#closed) return false
    this.#line.write({ kind: 'binary', data })
    this.#needsDrain ||= this.writableLength > HIGH_WATER_BYTES
    return !this.#needsDrain
  }

  pause(): void {
    this.#line.pause()
  }

  /** The first time it begins to read. */
  resume(): void {
    if (this.#opened) this.#line.resume()
    else this.#line.open(this)
    this.#opened = true
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#line.write({ kind: 'end' })
    if (this.#peerEnded) this.destroy()
  }

  destroy(): void {
    if (this.#closed) return
    this.#closed = true
    // What was written before an orderly end still arrives.
    if (!(this.#ended && this.#peerEnded)) this.#line.drop()
    process.nextTick(() => this.emit('close'))
  }

  received(unit: Unit): void {
    if (this.#closed) return
    if (unit.kind === 'binary') this.emit('data', unit.data)
    else if (unit.kind === 'end') {
      this.#peerEnded = true
      if (this.#ended) this.destroy()
      else this.emit('end')
    }
  }

  drained(): void {
    if (!this.#needsDrain || this.#closed) return
    this.#needsDrain = false
    this.emit('drain')
  }

  lost(): void {
    if (this.#closed) return
    this.#closed = true
    this.emit('close')
  }
}
