/** Buckets for each doubling: a percentile is exact to one part in 64. */
const STEPS = 64
const DOUBLINGS = 32

/** Latencies in microseconds, in memory that does not grow with their number. */
export class Histogram {
  readonly #counts = new Float64Array(STEPS * DOUBLINGS)
  #count = 0

  get count(): number {
    return this.#count
  }

  record(micros: number): void {
    this.#counts[bucketOf(Math.max(0, micros))] = (this.#counts[bucketOf(Math.max(0, micros))] as number) + 1
    this.#count++
  }

  /** Milliseconds that this share of the latencies do not exceed; 0 if there are none. */
  percentile(share: number): number {
    let left = Math.ceil(share * this.#count)
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      left -= this.#counts[bucket] as number
      if (left <= 0 && this.#count > 0) return upperBound(bucket) / 1000
    }
    return 0
  }

  clear(): void {
    this.#counts.fill(0)
    this.#count = 0
  }
}

/** The first 64 are a microsecond each; then 64 for each doubling. */
function bucketOf(micros: number): number {
  if (micros < STEPS) return Math.floor(micros)
  const doubling = 31 - Math.clz32(micros) - 6
  return Math.min(STEPS * DOUBLINGS - 1, (doubling + 1) * STEPS + (Math.floor(micros / 2 ** doubling) - STEPS))
}

function upperBound(bucket: number): number {
  if (bucket < STEPS) return bucket + 1
  const doubling = Math.floor(bucket / STEPS) - 1
  return ((bucket % STEPS) + STEPS + 1) * 2 ** doubling
}
