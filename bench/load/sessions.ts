import { setTimeout as sleep } from 'node:timers/promises'
import { Histogram } from '../measure/histogram.ts'
import { cpuSeconds, rssBytes } from '../measure/processes.ts'
import type { WireClient } from '../wire/wire.ts'
import { WIRES } from '../wire/wires.ts'
import type { Load, Plan } from './load.ts'

export interface SessionsPlan extends Plan {
  readonly load: 'sessions'
  readonly sessions: number
}

export type SessionsPhase =
  /** All log in, so many at a time. */
  | { readonly mode: 'log-in'; readonly parallel: number }
  /** They say their heartbeats and nothing else. */
  | { readonly mode: 'idle'; readonly seconds: number; readonly heartbeatSeconds: number }
  /** All connections are cut. */
  | { readonly mode: 'cut' }

export interface SessionsResult {
  readonly seconds: number
  readonly serverCpuSeconds: number
  readonly rssBytes: number
  readonly loginP50: number
  readonly loginP99: number
  readonly loadCores: number
}

const HANDLER = { acked() {}, delivered() {} }
const BEAT_MS = 100

/** Clients that log in and stay. */
export class SessionsLoad implements Load<SessionsPhase, SessionsResult> {
  readonly #plan: SessionsPlan
  readonly #clients: WireClient[] = []
  readonly #logins = new Histogram()

  constructor(plan: SessionsPlan) {
    this.#plan = plan
  }

  async open(): Promise<void> {}

  async run(phase: SessionsPhase): Promise<SessionsResult> {
    const { pids } = this.#plan
    const [begun, before, own] = [performance.now(), cpuSeconds(pids), process.cpuUsage()]
    this.#logins.clear()
    await this.#do(phase)
    const seconds = (performance.now() - begun) / 1000
    const { user, system } = process.cpuUsage(own)
    return {
      seconds,
      serverCpuSeconds: cpuSeconds(pids) - before,
      rssBytes: rssBytes(pids),
      loginP50: this.#logins.percentile(0.5),
      loginP99: this.#logins.percentile(0.99),
      loadCores: (user + system) / 1e6 / seconds,
    }
  }

  async #do(phase: SessionsPhase): Promise<void> {
    switch (phase.mode) {
      case 'log-in': {
        let next = 0
        const one = async (): Promise<void> => {
          while (next < this.#plan.sessions) await this.#logIn(`i${next++}`)
        }
        await Promise.all(Array.from({ length: phase.parallel }, one))
        return
      }
      case 'idle':
        return this.#beat(phase.seconds, phase.heartbeatSeconds)
      case 'cut':
        for (const client of this.#clients.splice(0)) client.close()
    }
  }

  async #logIn(user: string): Promise<void> {
    const { wire, target } = this.#plan
    const begun = performance.now()
    this.#clients.push(await WIRES[wire].open(target, user, HANDLER))
    this.#logins.record((performance.now() - begun) * 1000)
  }

  /** Heartbeats spread evenly, as those of real clients are. */
  async #beat(seconds: number, heartbeatSeconds: number): Promise<void> {
    const perTick = (this.#clients.length * BEAT_MS) / 1000 / heartbeatSeconds
    let due = 0
    let next = 0
    const timer = setInterval(() => {
      for (due += perTick; due >= 1; due--) this.#clients[next++ % this.#clients.length]?.heartbeat()
    }, BEAT_MS)
    await sleep(seconds * 1000)
    clearInterval(timer)
  }
}
