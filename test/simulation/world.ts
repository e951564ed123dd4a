import { breaches } from '../../client/history-check.ts'
import type { StorageFault } from '../../tcp-core/log/storage-fault.ts'
import { type Dialed, dialThrough } from './client-doors.ts'
import { Crew } from './crew.ts'
import { Kernel, MortalClock } from './kernel.ts'
import { LogDisk } from './log-disk.ts'
import { drawClientLine, Line } from './network.ts'
import { drawPlan, type Plan } from './plan.ts'
import type { SimulatedClient } from './simulated-client.ts'
import { SimulatedCore } from './simulated-core.ts'
import { SimulatedEdge } from './simulated-edge.ts'
import { type DiskState, SimulatedLog } from './simulated-log.ts'
import { handOver } from './takeover.ts'
import { UplinkLine } from './uplink-line.ts'
import { WireWatch } from './wire-watch.ts'

const FAULTS: readonly StorageFault[] = [
  { kind: 'disk-full', message: 'database or disk is full' },
  { kind: 'io-error', message: 'disk I/O error' },
]
/** After all is healed the world comes to rest within this time, and then nothing moves for a while. */
const REST_MS = 180_000
const LOOK_MS = 500
const CORE_STOP_MS = 5_000
const QUIET_MS = 3_000

export interface Verdict {
  readonly seed: number
  readonly breaches: readonly string[]
  readonly events: number
  readonly trace: readonly string[]
  readonly simulatedMs: number
  readonly messages: number
  readonly gaps: number
  readonly maxWindow: number
}

/** What a mutant changes in the wiring. */
export interface Wiring {
  readonly log: typeof SimulatedLog
  /** The disk as a new life of the core finds it. */
  found(disk: LogDisk): LogDisk
}

export const RIGHT_WIRING: Wiring = { log: SimulatedLog, found: (disk) => disk }

/** One core that comes and goes, its disk, its network, and clients that talk to each other. */
export class World {
  readonly kernel: Kernel
  readonly plan: Plan
  readonly #wiring: Wiring
  readonly #watch: WireWatch
  readonly #crew: Crew
  readonly #lines = new Map<string, Line>()
  readonly #diskState: DiskState = { fault: undefined }
  #disk: LogDisk
  #backup: LogDisk
  #core: SimulatedCore | undefined
  readonly #edge: SimulatedEdge
  #uplink: Line | undefined
  #uplinkOfCore: UplinkLine | undefined
  /** Ends a core that is stopping. */
  #endStopping: () => void = () => {}
  #healed = false

  constructor(seed: number, options: { trace: boolean; wiring?: Wiring; plan?: Plan }) {
    const kernel = new Kernel(seed, options)
    handOver(kernel)
    this.kernel = kernel
    this.#wiring = options.wiring ?? RIGHT_WIRING
    this.plan = options.plan ?? drawPlan(seed)
    this.#disk = new LogDisk(() => 1 + kernel.random.below(2 ** 50))
    this.#backup = this.#disk
    this.#edge = new SimulatedEdge(kernel)
    this.#crew = new Crew(kernel, this.plan, () => this.#disk)
    this.#watch = new WireWatch(kernel, () => this.#disk)
    dialThrough((client, door, dialed) => this.#dial(client, door, dialed))
  }

  run(): Verdict {
    const { kernel, plan } = this
    this.#startCore()
    this.#crew.start()
    this.#schedule()
    kernel.run(plan.chaosMs)
    this.#heal()
    const rested = this.#comeToRest()
    if (rested) kernel.run(QUIET_MS)
    if (kernel.breaches.length === 0) {
      kernel.breaches.push(...breaches(this.#crew.history()))
      const restless = this.#restless()
      if (!rested && kernel.breaches.length === 0) kernel.breach(`it did not come to rest: ${restless}`)
    }
    return {
      seed: kernel.seed,
      breaches: kernel.breaches,
      events: kernel.events,
      trace: kernel.trace ?? [],
      simulatedMs: kernel.sinceStart,
      messages: [...this.#disk.conversationIds].reduce((sum, id) => sum + this.#disk.messages(id).length, 0),
      gaps: this.#watch.gaps,
      maxWindow: this.#watch.maxMessages,
    }
  }

  #schedule(): void {
    const { kernel, plan } = this
    const { random } = kernel
    for (let i = 0; i < plan.messages; i++) kernel.after(random.between(0, plan.chaosMs), () => this.#send(this.#crew.any()))
    for (let i = 0; i < plan.faults; i++) kernel.after(random.between(0, plan.chaosMs), () => this.#fault())
    if (plan.restore) {
      kernel.after(plan.restore.madeAtMs, () => {
        this.#backup = this.#disk.copy()
      })
      kernel.after(plan.restore.usedAtMs, () => this.#restore())
    }
    if (plan.burst > 0) kernel.after(random.between(0, plan.chaosMs / 2), () => this.#burst())
  }

  #send(from: SimulatedClient): void {
    const { random } = this.kernel
    const to = random.chance(0.05) ? from.traits.user : random.pick(this.plan.clients).user
    const content = new Uint8Array(Math.floor(random.spread(1, this.plan.largestBytes)))
    content[0] = random.below(256)
    from.send(to, content)
  }

  /** Many messages for somebody who does not read for a while. */
  #burst(): void {
    const { kernel, plan } = this
    const from = this.#crew.any()
    const to = this.#crew.any()
    kernel.note('burst', `${from.name} ${to.name}`)
    this.#lines.get(to.name)?.freeze(kernel.random.spread(500, 20_000))
    for (let i = 0; i < plan.burst; i++)
      kernel.after(kernel.random.between(0, plan.burstMs), () => from.send(to.traits.user, new Uint8Array(plan.burstBytes)))
  }

  #fault(): void {
    const { random } = this.kernel
    const kind = random.next()
    if (kind < 0.2) this.#crashCore()
    else if (kind < 0.25) this.#stopCore()
    else if (kind < 0.33) this.#breakDisk()
    else if (kind < 0.4) this.#restartClient()
    else if (kind < 0.55) this.#edgeFault()
    else {
      const line = this.#lines.get(this.#crew.any().name)
      if (kind < 0.7) line?.cut()
      else if (kind < 0.85) line?.silence(random.spread(10, 30_000))
      else line?.freeze(random.spread(10, 20_000))
    }
  }

  #edgeFault(): void {
    const { random } = this.kernel
    const kind = random.next()
    if (kind < 0.4) this.#edge.hibernate()
    else if (kind < 0.6) this.#uplink?.cut()
    else if (kind < 0.8) this.#uplink?.silence(random.spread(10, 60_000))
    else this.#edge.restart()
  }

  #startCore(): void {
    if (this.#core) return
    const { kernel, plan } = this
    kernel.note('core', 'starts')
    this.#disk = this.#wiring.found(this.#disk)
    const clock = new MortalClock(kernel)
    const [minFsyncMs, maxFsyncMs] = plan.fsyncMs
    const log = new this.#wiring.log({ kernel, clock, disk: this.#disk, state: this.#diskState, speed: { minFsyncMs, maxFsyncMs } })
    const { ackTimeoutMs, heartbeatTimeoutMs } = plan
    const core = new SimulatedCore(kernel, clock, log, { ackTimeoutMs, heartbeatTimeoutMs })
    this.#core = core
    this.#uplinkOfCore = undefined
    if (plan.clients.every(({ door }) => door !== 'edge')) return
    this.#uplinkOfCore = new UplinkLine(kernel, clock, core.core, this.#edge, (line) => {
      core.holds(line.near)
      this.#uplink = line
    })
  }

  #crashCore(): void {
    if (!this.#core || this.#healed) return
    this.kernel.note('core', 'crashes')
    this.#core.crash()
    this.#core = undefined
    this.kernel.after(this.kernel.random.spread(5, 5_000), () => this.#startCore())
  }

  /** It is asked to stop, and killed if that takes too long, as service managers do. */
  #stopCore(): void {
    const core = this.#core
    if (!core || this.#healed) return
    this.kernel.note('core', 'stops')
    this.#core = undefined
    this.#endStopping = () => {
      this.#endStopping = () => {}
      core.crash()
      this.kernel.note('core', 'has stopped')
      this.kernel.after(this.kernel.random.spread(5, 2_000), () => this.#startCore())
    }
    const end = this.#endStopping
    const endIfStopping = () => this.#endStopping === end && end()
    core.stop(this.#uplinkOfCore).then(endIfStopping, (error: Error) => this.kernel.breach(`the core did not stop: ${error.message}`))
    this.kernel.after(CORE_STOP_MS, endIfStopping)
  }

  /** The operator puts the backup in place of the log. What came after it is no more, and that is not the product's loss. */
  #restore(): void {
    this.#crashCore()
    this.#endStopping()
    const lost = [...this.#disk.conversationIds].flatMap((id) => this.#disk.messages(id).slice(this.#backup.messages(id).length))
    this.#crew.restoredAway(lost.map(({ messageId }) => messageId))
    this.kernel.note('disk', `is restored: ${lost.length} messages fewer`)
    this.#disk = this.#backup
    this.#disk.restored()
  }

  #breakDisk(): void {
    const { random } = this.kernel
    this.#diskState.fault = random.pick(FAULTS)
    this.kernel.note('disk', this.#diskState.fault.kind)
    this.kernel.after(random.spread(10, 5_000), () => {
      this.#diskState.fault = undefined
    })
  }

  #restartClient(): void {
    const client = this.#crew.any()
    const line = this.#lines.get(client.name)
    this.#crew.restart(client)
    line?.near.drop()
  }

  #dial(name: string, door: string, dialed: Dialed): void {
    const { kernel } = this
    const line = new Line(kernel, `${name}:${door}`, drawClientLine(kernel, door === 'tcp'), () => this.#lines.delete(name))
    kernel.after(line.latency(), () => {
      if (kernel.random.chance(0.02) || !this.#admit(name, door, line)) return kernel.after(line.latency(), () => dialed.refused())
      this.#lines.set(name, line)
      kernel.after(line.latency(), () => dialed.opened(line))
    })
  }

  #admit(name: string, door: string, line: Line): boolean {
    if (door === 'edge') return this.#edge.acceptBrowser(line.far, this.#crew.userOf(name))
    const core = this.#core
    if (door === 'tcp') core?.acceptStream(line.far, '10.0.0.1')
    else core?.acceptWebSocket(line.far, '10.0.0.1')
    return core !== undefined
  }

  #heal(): void {
    this.kernel.note('all', 'is healed')
    this.#healed = true
    this.#diskState.fault = undefined
    this.#endStopping()
    this.#startCore()
  }

  #comeToRest(): boolean {
    for (let waited = 0; waited < REST_MS; waited += LOOK_MS) {
      this.kernel.run(LOOK_MS)
      if (this.kernel.breaches.length > 0) return false
      if (this.#restless() === undefined && breaches(this.#crew.history()).length === 0) return true
    }
    return false
  }

  /** What still goes on. */
  #restless(): string | undefined {
    for (const { device, ackWait } of this.#core?.core.registry.sessions() ?? []) {
      if (ackWait.messages > 0) return `a session of ${device.id} has ${ackWait.messages} messages unacknowledged`
    }
    return this.#crew.restless()
  }
}
