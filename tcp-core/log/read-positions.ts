import type { MemberPosition } from './log-store.ts'

/** Of one transaction; what is past them goes with the next. */
const AT_ONCE = 500

interface Asked {
  readonly positions: readonly MemberPosition[]
  resolve(held: MemberPosition[]): void
  reject(error: Error): void
}

/** Positions that were taken for one transaction, and whoever waits for them. */
export interface TakenPositions {
  readonly positions: readonly MemberPosition[]
  /** `held` is in the order of `positions`. */
  resolve(held: readonly MemberPosition[]): void
  reject(error: Error): void
}

/** Read positions that wait for the next transaction of the log: many share its fsync. */
export class ReadPositions {
  #waiting: Asked[] = []

  /** Resolves to what holds once they are stored, in the order of `positions`. */
  add(positions: readonly MemberPosition[]): Promise<MemberPosition[]> {
    const { promise, resolve, reject } = Promise.withResolvers<MemberPosition[]>()
    this.#waiting.push({ positions, resolve, reject })
    return promise
  }

  take(): TakenPositions {
    const taken = this.#waiting.splice(0, AT_ONCE)
    return {
      positions: taken.flatMap(({ positions }) => positions),
      resolve(held) {
        let at = 0
        for (const { positions, resolve } of taken) {
          resolve(held.slice(at, at + positions.length))
          at += positions.length
        }
      },
      reject(error) {
        for (const { reject } of taken) reject(error)
      },
    }
  }
}
