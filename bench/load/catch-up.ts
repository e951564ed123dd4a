import { cpuSeconds, rssBytes } from '../measure/processes.ts'
import { clock, tick } from '../wire/clock.ts'
import { WIRES } from '../wire/wires.ts'
import { contentOf, numberOf, stamp } from './content.ts'
import type { Load, Plan } from './load.ts'

export interface CatchUpPlan extends Plan {
  readonly load: 'catch-up'
  readonly messages: number
  readonly bytes: number
}

export interface CatchUpResult {
  /** Milliseconds from the first byte of the connection to the last of the messages. */
  readonly milliseconds: number
  /** Milliseconds to the first of the messages. */
  readonly firstMs: number
  readonly serverCpuMicros: number
  readonly rssMiB: number
  readonly lost: number
  readonly again: number
}

/** Messages under way while they are sent to the user who is away. */
const WINDOW = 100
const SENDER = 's0'
const AWAY = 'r0'
const PATIENCE_MS = 30_000

/** One user is written to while away, then comes back. */
export class CatchUpLoad implements Load<'come-back', CatchUpResult> {
  readonly #plan: CatchUpPlan

  constructor(plan: CatchUpPlan) {
    this.#plan = plan
  }

  /** Resolves when the server has taken in all messages. */
  async open(): Promise<void> {
    const { wire, target, messages, bytes } = this.#plan
    await WIRES[wire].returning?.register(target, AWAY)
    const content = contentOf(bytes)
    const { promise, resolve } = Promise.withResolvers<void>()
    let sent = 0
    let acked = 0
    const fill = (): void => {
      for (; sent < messages && sent - acked < WINDOW; sent++) {
        stamp(content, 0, sent)
        client.send(AWAY, content)
      }
    }
    const client = await WIRES[wire].open(target, SENDER, {
      acked(count) {
        acked += count
        if (acked === messages) resolve()
        else fill()
      },
      delivered() {},
    })
    fill()
    await promise
    client.close()
  }

  async run(): Promise<CatchUpResult> {
    const { wire, target, pids, messages } = this.#plan
    const { returning } = WIRES[wire]
    if (!returning) throw new Error('the server keeps nothing for users who are away')
    const { promise: all, resolve } = Promise.withResolvers<void>()
    const patience = setTimeout(resolve, PATIENCE_MS)
    const seen = { arrived: 0, again: 0, expected: 0, firstAt: 0 }
    const before = cpuSeconds(pids)
    tick()
    const begun = clock.now
    const client = await returning.open(target, AWAY, SENDER, {
      acked() {},
      delivered(bytes, start) {
        if (seen.firstAt === 0) seen.firstAt = clock.now
        const number = numberOf(bytes, start)
        if (number < seen.expected) {
          seen.again++
          return
        }
        seen.expected = number + 1
        if (++seen.arrived === messages) resolve()
      },
    })
    await all
    clearTimeout(patience)
    const milliseconds = performance.now() - begun
    const cpu = cpuSeconds(pids) - before
    client.close()
    return {
      milliseconds,
      firstMs: seen.firstAt - begun,
      serverCpuMicros: (cpu * 1e6) / seen.arrived,
      rssMiB: rssBytes(pids) / 2 ** 20,
      lost: messages - seen.arrived,
      again: seen.again,
    }
  }
}
