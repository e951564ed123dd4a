import { clock } from '../wire/clock.ts'
import type { WireClient } from '../wire/wire.ts'
import { WIRES } from '../wire/wires.ts'
import { contentOf, stamp } from './content.ts'
import type { Load, Plan } from './load.ts'
import { runSending, type Sender, type SendingPhase } from './sending.ts'
import { type PhaseResult, Tally } from './tally.ts'

export interface GroupPlan extends Plan {
  readonly load: 'group'
  /** Members that are there, besides the sender. */
  readonly members: number
  /** Members in all, besides the sender: the others are away. As many as are there by default. */
  readonly enrolled?: number
  readonly bytes: number
}

const GROUP = 'bench'

/** A message is under way until the server has answered for it and every member that is there has it. */
class GroupSender implements Sender {
  readonly #client: WireClient
  readonly #tally: Tally
  readonly #content: Buffer
  readonly #members: number
  #window = 0
  #sent = 0
  #acked = 0
  #delivered = 0

  constructor(client: WireClient, tally: Tally, { members, bytes }: GroupPlan) {
    this.#client = client
    this.#tally = tally
    this.#members = members
    this.#content = contentOf(bytes)
  }

  setWindow(window: number): void {
    this.#window = window
    this.#fill()
  }

  send(due: number): void {
    stamp(this.#content, 0, this.#sent++, due)
    this.#tally.sent += this.#members
    this.#client.publish(GROUP, this.#content)
  }

  acked(count: number): void {
    this.#acked += count
    this.#fill()
  }

  delivered(): void {
    if (++this.#delivered % this.#members === 0) this.#fill()
  }

  #fill(): void {
    while (this.#sent - Math.min(this.#acked, Math.floor(this.#delivered / this.#members)) < this.#window) this.send(clock.now)
  }
}

/** One who writes to a group, and its members. */
export class GroupLoad implements Load<SendingPhase, PhaseResult> {
  readonly #plan: GroupPlan
  readonly #tally: Tally
  #sender: GroupSender | undefined

  constructor(plan: GroupPlan) {
    this.#plan = plan
    this.#tally = new Tally(plan.pids)
  }

  async open(): Promise<void> {
    const { wire, target, members, enrolled = members } = this.#plan
    const users = Array.from({ length: enrolled }, (_, i) => `m${i}`)
    const client = await WIRES[wire].open(target, 's0', {
      acked: (count) => this.#sender?.acked(count),
      // Some servers give a member its own messages, too.
      delivered() {},
    })
    await client.found(GROUP, users)
    for (const user of users.slice(0, members)) {
      let expected = 0
      const member = await WIRES[wire].open(target, user, {
        acked() {},
        delivered: (bytes, start) => {
          const number = this.#tally.arrived(bytes, start)
          if (number < expected) return this.#tally.cameAgain()
          expected = number + 1
          this.#sender?.delivered()
        },
      })
      await member.join(GROUP)
    }
    this.#sender = new GroupSender(client, this.#tally, this.#plan)
  }

  run(phase: SendingPhase): Promise<PhaseResult> {
    return runSending(phase, this.#sender ? [this.#sender] : [], this.#tally)
  }
}
