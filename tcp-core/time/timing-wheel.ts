import type { Clock } from './clock.ts'

/** Something with a deadline that moves while it waits. */
export interface Timed {
  /** Called when its time may have come. Returns when to look again, or undefined when it is done; times are those of the clock's `elapsed`. */
  due(now: number): number | undefined
}

/**
 * Deadlines of very many connections on one timer. A deadline that is put off costs
 * nothing: the item stays in its slot, and when the slot comes round it says when to look
 * again. So a packet moves no timer, it only notes the time.
 */
export class TimingWheel {
  readonly #clock: Clock
  readonly #slotMs: number
  readonly #slots: Set<Timed>[]
  readonly #where = new Map<Timed, Set<Timed>>()
  #position: number
  #cancel: (() => void) | undefined

  constructor(clock: Clock, slotMs: number, slots: number) {
    this.#clock = clock
    this.#slotMs = slotMs
    this.#slots = Array.from({ length: slots }, () => new Set())
    this.#position = Math.floor(clock.elapsed() / slotMs)
    this.#next()
  }

  get size(): number {
    return this.#where.size
  }

  add(item: Timed, at: number): void {
    this.remove(item)
    const ahead = Math.ceil(at / this.#slotMs) - this.#position
    const slot = this.#slots[(this.#position + Math.min(Math.max(ahead, 1), this.#slots.length - 1)) % this.#slots.length] as Set<Timed>
    slot.add(item)
    this.#where.set(item, slot)
  }

  /** Says whether it was there. */
  remove(item: Timed): boolean {
    this.#where.get(item)?.delete(item)
    return this.#where.delete(item)
  }

  stop(): void {
    this.#cancel?.()
  }

  #next(): void {
    this.#cancel = this.#clock.after(this.#slotMs, () => {
      this.#turn()
      this.#next()
    })
  }

  #turn(): void {
    const now = this.#clock.elapsed()
    const target = Math.floor(now / this.#slotMs)
    // After a long pause one full round looks at every slot.
    this.#position = Math.max(this.#position, target - this.#slots.length)
    while (this.#position < target) {
      this.#position++
      const index = this.#position % this.#slots.length
      const slot = this.#slots[index] as Set<Timed>
      this.#slots[index] = new Set()
      for (const item of slot) {
        this.#where.delete(item)
        const again = item.due(now)
        if (again !== undefined) this.add(item, again)
      }
    }
  }
}
