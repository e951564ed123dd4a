import { describe, expect, test } from 'vitest'
import { inTurn } from '../support/in-turn.ts'
import { fuzz, fuzzTarget, TARGETS } from './fuzz.ts'
import type { Target } from './target.ts'

/** 20,000 inputs in all. A million: `node test/fuzz/fuzz.ts`. */
const SEEDS = [1, 2, 3, 4, 5]
const INPUTS = 2000

describe.each(TARGETS)('the %s', (target) => {
  test.each(SEEDS)(`holds for ${INPUTS} inputs of seed %i`, { timeout: 60_000 }, async (seed) => {
    const { failure, inputs } = await inTurn(() => fuzz(target, INPUTS, seed))
    expect(failure).toBeUndefined()
    expect(inputs).toBeGreaterThanOrEqual(INPUTS)
  })

  test('gets the same from the same seed', async () => {
    const [first, again] = [await inTurn(() => fuzz(target, 500, 9)), await inTurn(() => fuzz(target, 500, 9))]
    expect({ ...again, milliseconds: 0 }).toEqual({ ...first, milliseconds: 0 })
  })
})

describe('the fuzzer itself', () => {
  /** Breaks when a 7 comes anywhere before a number that has the digit 9. */
  const fragile: Target<number> = {
    name: 'fragile',
    draw: (random) => ({ setting: 0, elements: Array.from({ length: 50 }, () => random.below(100)) }),
    run({ elements }) {
      const at = elements.indexOf(7)
      return at >= 0 && elements.slice(at).some((number) => String(number).includes('9')) ? 'it broke' : undefined
    },
    show: String,
    inputs: ({ elements }) => elements.length,
    *smaller(number) {
      if (number > 9) yield* [Math.floor(number / 10), number % 10]
    },
  }

  test('makes a failing input small and says how to repeat it', () => {
    const { failure = '', cases } = fuzzTarget(fragile, 1_000_000, 3)
    expect(failure.split('\n')).toEqual([
      'it broke',
      'smallest failing input, 2 of 50, setting 0:',
      '  7',
      '  9',
      `again: node test/fuzz/fuzz.ts --target fragile --seed 3 --case ${cases - 1}`,
    ])
    expect(fuzzTarget(fragile, 1, 3, cases - 1).failure).toBe(failure)
  })
})
