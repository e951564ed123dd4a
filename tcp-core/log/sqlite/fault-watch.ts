import type { StorageFault } from '../storage-fault.ts'

/** While the disk fails it is tried this often. */
const PROBE_MS = 1000

/**
 * Whether the log can be relied on. A fault of the disk is over when a probe could write
 * something: not the next message finds that out, because while health is red there may be
 * none. A corrupt page stays known until somebody has looked and started the core anew.
 */
export class FaultWatch {
  readonly #probe: () => Promise<unknown>
  readonly #changed: (fault: StorageFault | undefined) => void
  #disk: StorageFault | undefined
  #corruption: StorageFault | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  /** `probe` rejects as long as nothing can be written; its fault is to be given to `saw` like any other. */
  constructor(probe: () => Promise<unknown>, changed: (fault: StorageFault | undefined) => void) {
    this.#probe = probe
    this.#changed = changed
  }

  get fault(): StorageFault | undefined {
    return this.#disk ?? this.#corruption
  }

  saw(fault: StorageFault): void {
    // What is asked of a log that is being closed fails, and says nothing of the disk.
    if (this.#stopped) return
    const before = this.fault
    if (fault.kind === 'corrupt') this.#corruption ??= fault
    else this.#disk = fault
    if (this.#disk) this.#timer ??= setTimeout(() => this.#try(), PROBE_MS)
    if (this.fault?.kind !== before?.kind) this.#changed(this.fault)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #try(): void {
    this.#timer = undefined
    this.#probe().then(
      () => {
        this.#disk = undefined
        this.#changed(this.fault)
      },
      () => {}, // `saw` has begun the next wait
    )
  }
}
