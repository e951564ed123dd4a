import type { Clock as ClientClock } from '../../client/clock.ts'
import type { Clock as CoreClock } from '../../tcp-core/time/clock.ts'
import { Random } from './random.ts'

const BEGIN = 1_700_000_000_000

interface Event {
  readonly at: number
  /** Events of one time happen in the order in which they were asked for. */
  readonly order: number
  work: (() => void) | undefined
}

/** `process._tickCallback` does all microtasks and ticks that wait, now; it is what Node itself calls after each callback. */
const drain = (process as unknown as { _tickCallback(): void })._tickCallback

/**
 * Time, chance and the order of all that happens in one simulated world. Everything is drawn
 * from the seed, so that a run can be repeated to the event.
 */
export class Kernel implements CoreClock, ClientClock {
  readonly seed: number
  readonly random: Random
  /** What happened, a line each; kept only if asked for. */
  readonly trace: string[] | undefined
  /** Promises that were seen broken while it ran. */
  readonly breaches: string[] = []
  events = 0
  readonly #heap: Event[] = []
  #time = BEGIN
  #order = 0

  constructor(seed: number, options: { trace: boolean }) {
    this.seed = seed
    this.random = new Random(seed)
    this.trace = options.trace ? [] : undefined
  }

  /** Whole milliseconds, as clocks give them; events lie between them, too. */
  now(): number {
    return Math.floor(this.#time)
  }

  elapsed(): number {
    return Math.floor(this.#time - BEGIN)
  }

  /** The exact time. */
  get time(): number {
    return this.#time
  }

  get sinceStart(): number {
    return this.#time - BEGIN
  }

  after(milliseconds: number, work: () => void): () => void {
    return this.at(this.#time + milliseconds, work)
  }

  at(time: number, work: () => void): () => void {
    const event: Event = { at: time, order: this.#order++, work }
    this.#push(event)
    return () => {
      event.work = undefined
    }
  }

  /** Makes events happen until `done`, at most for that long. Says whether it was done. */
  run(milliseconds: number, done: () => boolean = () => false): boolean {
    const end = this.#time + milliseconds
    drain()
    while (!done()) {
      const next = this.#heap[0]
      if (!next || next.at > end) {
        this.#time = end
        return done()
      }
      this.#pop()
      if (!next.work) continue
      this.events++
      this.#time = next.at
      next.work()
      drain()
    }
    return true
  }

  note(what: string, detail: string | number = ''): void {
    this.trace?.push(`${this.sinceStart.toFixed(3)} ${what} ${detail}`)
  }

  breach(sentence: string): void {
    this.note('BREACH', sentence)
    this.breaches.push(sentence)
  }

  #push(event: Event): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(event, heap[parent] as Event)) break
      heap[at] = heap[parent] as Event
      at = parent
    }
    heap[at] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Event
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++
      if (!isBefore(heap[child] as Event, last)) break
      heap[at] = heap[child] as Event
      at = child
    }
    heap[at] = last
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** The time of something that can die: what it had planned does not happen any more. */
export class MortalClock implements CoreClock {
  readonly #kernel: Kernel
  #dead = false

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  now(): number {
    return this.#kernel.now()
  }

  elapsed(): number {
    return this.#kernel.elapsed()
  }

  after(milliseconds: number, work: () => void): () => void {
    return this.#kernel.after(milliseconds, () => {
      if (!this.#dead) work()
    })
  }

  die(): void {
    this.#dead = true
  }
}
