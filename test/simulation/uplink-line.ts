import type { Core } from '../../tcp-core/core.ts'
import { Uplink } from '../../tcp-core/uplink/uplink.ts'
import type { Kernel, MortalClock } from './kernel.ts'
import { drawUplink, Line } from './network.ts'
import type { SimulatedEdge } from './simulated-edge.ts'
import { WebSocketEnd } from './web-socket-end.ts'

const CORE_ID = 'core'
const BACKOFF = { baseMs: 250, maxMs: 4_000 }

/** The core's side of the bridge: dials the shard, and dials again, with the real Uplink on top (uplink/dialer.ts without its sockets and keys). */
export class UplinkLine {
  readonly #kernel: Kernel
  readonly #clock: MortalClock
  readonly #core: Core
  readonly #edge: SimulatedEdge
  readonly #startedAt: number
  readonly #dialed: (line: Line) => void
  #failures = 0
  #uplink: Uplink | undefined
  #stopped = false

  constructor(kernel: Kernel, clock: MortalClock, core: Core, edge: SimulatedEdge, dialed: (line: Line) => void) {
    this.#kernel = kernel
    this.#clock = clock
    this.#core = core
    this.#edge = edge
    this.#startedAt = clock.now()
    this.#dialed = dialed
    this.#dial()
  }

  /** U10: the shard keeps the browsers. */
  stop(): void {
    this.#stopped = true
    this.#uplink?.drain()
  }

  #dial(): void {
    if (this.#stopped) return
    const line = new Line(this.#kernel, 'uplink', drawUplink(this.#kernel))
    this.#clock.after(line.latency(), () => {
      const tokenId = this.#kernel.random.uint32().toString(16)
      if (!this.#edge.acceptUplink(line.far, CORE_ID, tokenId)) return this.#lost()
      this.#dialed(line)
      this.#clock.after(line.latency(), () => this.#open(line))
    })
  }

  #open(line: Line): void {
    const socket = new WebSocketEnd(line.near)
    const openedAt = this.#clock.elapsed()
    this.#uplink = new Uplink(this.#core, { coreId: CORE_ID, startedAt: this.#startedAt }, socket.asSocket())
    socket.on('close', () => {
      this.#uplink = undefined
      if (this.#clock.elapsed() - openedAt > 10_000) this.#failures = 0
      this.#lost()
    })
  }

  #lost(): void {
    const ceiling = Math.min(BACKOFF.maxMs, BACKOFF.baseMs * 2 ** this.#failures++)
    this.#clock.after(this.#kernel.random.next() * ceiling, () => this.#dial())
  }
}
