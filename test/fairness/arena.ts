import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { House } from '../support/house.ts'
import { rssBytes } from '../support/process-memory.ts'
import type { Order, Outcome } from './attacker.ts'
import { fillLog, MALLORY } from './full-log.ts'

/** The attacker's part of the machine is what others leave: on a network it would have one of its own. */
const ATTACKER_NICE = 15

export type Latencies = Readonly<Record<string, readonly number[]>>

export interface Observed {
  readonly outcome: Outcome
  readonly latencies: Latencies
  /** Of the core's process, in milliseconds. */
  readonly cpuMs: number
  /** The most resident memory above that before, in bytes. */
  readonly growth: number
}

/** By then the caches of the core, which have bounds of their own, are as full as they get. */
const WARM_UP = { attack: 'change create, 500 members', seconds: 4 }

/** A core and an edge with a full log, three bystanders, and one user who attacks. */
export class Arena {
  readonly #house: House
  readonly #attacker: ChildProcess
  readonly #bystanders: ChildProcess

  private constructor(house: House, attacker: ChildProcess, bystanders: ChildProcess) {
    this.#house = house
    this.#attacker = attacker
    this.#bystanders = bystanders
  }

  /** The attacker comes by this door. `env` is the core's. */
  static async open(door: 'tcp' | 'edge', env: Record<string, string> = {}): Promise<Arena> {
    const edge = { CONNECTS_PER_USER: '100000', CONNECTS_PER_ADDRESS: '100000' }
    const house = await House.start({ edge, env, fill: (data) => fillLog(join(data, 'log.sqlite')) })
    const token = (user: string) => house.signer.token(user)
    const doors = [
      { door: 'tcp', address: house.core.tcp, token: await token('bystander-tcp') },
      { door: 'ws', address: house.core.wsUrl, token: await token('bystander-ws') },
      { door: 'edge', address: house.edgeWsUrl, token: await token('bystander-edge') },
    ]
    const file = (name: string) => new URL(name, import.meta.url).pathname
    const bystanders = fork(file('bystanders.ts'), [JSON.stringify(doors)])
    const attacker = fork(file('attacker.ts'), [door === 'tcp' ? house.core.tcp : house.edgeWsUrl, await token(MALLORY)])
    setPriority(attacker.pid ?? 0, ATTACKER_NICE)
    await once(attacker, 'message')
    const arena = new Arena(house, attacker, bystanders)
    await arena.attack(WARM_UP)
    return arena
  }

  /** What the bystanders see while nobody does anything. */
  async calm(seconds: number): Promise<Latencies> {
    await this.#latencies()
    await sleep(seconds * 1000)
    return this.#latencies()
  }

  async attack(order: Order): Promise<Observed> {
    const { pid } = this.#house.core
    const before = rssBytes(pid)
    const cpuBefore = cpuMs(pid)
    let most = before
    await this.#latencies()
    const watch = setInterval(() => {
      most = Math.max(most, rssBytes(pid))
    }, 50)
    this.#attacker.send(order)
    const [outcome] = (await once(this.#attacker, 'message')) as [Outcome]
    clearInterval(watch)
    const latencies = await this.#latencies()
    return { outcome, latencies, cpuMs: cpuMs(pid) - cpuBefore, growth: most - before }
  }

  async close(): Promise<void> {
    this.#attacker.disconnect()
    this.#bystanders.disconnect()
    await this.#house.dispose()
  }

  async #latencies(): Promise<Latencies> {
    this.#bystanders.send('tell')
    const [latencies] = (await once(this.#bystanders, 'message')) as [Latencies]
    return latencies
  }
}

/** User and system time of a process so far. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const ticks = Number(fields[11]) + Number(fields[12])
  return ticks * 10
}
