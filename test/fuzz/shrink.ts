import type { Case, Target } from './target.ts'

/** Runs after which what has been reached is small enough. */
const MAX_RUNS = 5000

/** The case made as small as can be while it still fails: elements are left out (delta debugging), then made smaller themselves. */
export function shrink<E>(target: Target<E>, failing: Case<E>): Case<E> {
  const { setting } = failing
  let elements = failing.elements
  let runs = 0
  /** Says whether it fails still; it is the case from then on. */
  const attempt = (fewer: readonly E[]): boolean => {
    if (runs++ > MAX_RUNS || target.run({ setting, elements: fewer }) === undefined) return false
    elements = fewer
    return true
  }
  let progress = true
  while (progress && runs < MAX_RUNS) {
    progress = false
    for (let size = Math.ceil(elements.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < elements.length; ) {
        if (attempt(elements.toSpliced(at, size))) progress = true
        else at += size
      }
    }
    for (let at = 0; at < elements.length; at++) {
      for (const variant of target.smaller(elements[at] as E)) {
        if (attempt(elements.with(at, variant))) {
          progress = true
          break
        }
      }
    }
  }
  return { setting, elements }
}

/** The bytes without their halves, quarters and so on down to single bytes. */
export function* fewerBytes(bytes: Uint8Array): Generator<Uint8Array> {
  for (let size = Math.ceil(bytes.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < bytes.length; at += size) {
      const rest = new Uint8Array(bytes.length - Math.min(size, bytes.length - at))
      rest.set(bytes.subarray(0, at))
      rest.set(bytes.subarray(at + size), at)
      yield rest
    }
  }
}
