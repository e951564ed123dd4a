import { clock } from '../wire/clock.ts'
import type { WireClient } from '../wire/wire.ts'
import { WIRES } from '../wire/wires.ts'
import { contentOf, senderOf, stamp } from './content.ts'
import type { Load, Plan } from './load.ts'
import { runSending, type Sender, type SendingPhase } from './sending.ts'
import { type PhaseResult, Tally } from './tally.ts'

export interface PairsPlan extends Plan {
  readonly load: 'pairs'
  readonly pairs: number
  readonly bytes: number
  /** How many of the receivers each sender writes to, in turns; 1 by default. */
  readonly spread?: number
}

/** A message is under way until the server has answered for it and its receiver has it. */
class PairsSender implements Sender {
  readonly #index: number
  readonly #tally: Tally
  readonly #content: Buffer
  readonly #receivers: readonly string[]
  /** Of each receiver, the least number that it may still get. */
  readonly #expected: number[]
  readonly #client: WireClient
  #window = 0
  #sent = 0
  #acked = 0
  #delivered = 0

  constructor(index: number, client: WireClient, receivers: readonly string[], { tally, content }: { tally: Tally; content: Buffer }) {
    this.#index = index
    this.#client = client
    this.#receivers = receivers
    this.#expected = receivers.map(() => 0)
    this.#tally = tally
    this.#content = content
  }

  setWindow(window: number): void {
    this.#window = window
    this.#fill()
  }

  send(due: number): void {
    stamp(this.#content, this.#index, this.#sent, due)
    this.#client.send(this.#receivers[this.#sent % this.#receivers.length] as string, this.#content)
    this.#sent++
    this.#tally.sent++
  }

  acked(count: number): void {
    this.#acked += count
    this.#fill()
  }

  delivered(bytes: Uint8Array, start: number): void {
    const number = this.#tally.arrived(bytes, start)
    const receiver = number % this.#receivers.length
    if (number < (this.#expected[receiver] as number)) return this.#tally.cameAgain()
    this.#expected[receiver] = number + 1
    this.#delivered++
    this.#fill()
  }

  #fill(): void {
    while (this.#sent - Math.min(this.#acked, this.#delivered) < this.#window) this.send(clock.now)
  }
}

/** Senders and as many receivers, a connection each. */
export class PairsLoad implements Load<SendingPhase, PhaseResult> {
  readonly #plan: PairsPlan
  readonly #tally: Tally
  readonly #senders: PairsSender[] = []

  constructor(plan: PairsPlan) {
    this.#plan = plan
    this.#tally = new Tally(plan.pids)
  }

  async open(): Promise<void> {
    const { wire, target, pairs, bytes, spread = 1 } = this.#plan
    const shared = { tally: this.#tally, content: contentOf(bytes) }
    const delivered = (chunk: Uint8Array, start: number): void => this.#senders[senderOf(chunk, start)]?.delivered(chunk, start)
    for (let i = 0; i < pairs; i++) await WIRES[wire].open(target, `r${i}`, { acked() {}, delivered })
    for (let i = 0; i < pairs; i++) {
      const receivers = Array.from({ length: spread }, (_, k) => `r${(i + k) % pairs}`)
      const client = await WIRES[wire].open(target, `s${i}`, {
        acked: (count) => this.#senders[i]?.acked(count),
        delivered() {
          throw new Error(`s${i} is written to`)
        },
      })
      this.#senders.push(new PairsSender(i, client, receivers, shared))
    }
  }

  run(phase: SendingPhase): Promise<PhaseResult> {
    return runSending(phase, this.#senders, this.#tally)
  }
}
