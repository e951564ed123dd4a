import type { Random } from '../simulation/random.ts'

/** Something to be fuzzed. A case is a list of elements, so that a failing one can be made smaller by leaving some out. */
export interface Target<E> {
  readonly name: string
  /** Draws a case. */
  draw(random: Random): Case<E>
  /** What is wrong, or undefined. The same case gives the same answer. */
  run(drawn: Case<E>): string | undefined
  /** For people. */
  show(element: E): string
  /** How many inputs a case counts for. */
  inputs(drawn: Case<E>): number
  /** Smaller elements that may stand for this one in a failing case, the smallest first. */
  smaller(element: E): Iterable<E>
}

export interface Case<E> {
  /** Which of the target's settings it runs with. */
  readonly setting: number
  readonly elements: readonly E[]
}
