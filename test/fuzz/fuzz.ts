import { parseArgs } from 'node:util'
import { Random } from '../simulation/random.ts'
import { decoderTarget } from './decoder-target.ts'
import { sessionTarget } from './session-target.ts'
import { shrink } from './shrink.ts'
import type { Case, Target } from './target.ts'

export const TARGETS = ['decoder', 'session'] as const
export type TargetName = (typeof TARGETS)[number]

export interface FuzzReport {
  readonly target: string
  readonly cases: number
  readonly inputs: number
  readonly milliseconds: number
  readonly failure: string | undefined
}

/** The seed of a case: any of them can be repeated alone. */
const caseSeed = (seed: number, number: number) => seed * 1_000_003 + number

/** Feeds a target with inputs drawn from the seed until there were so many or one failed. Synchronous, and to be called outside of any promise. */
export function fuzz(target: TargetName, inputs: number, seed: number, only?: number): FuzzReport {
  return target === 'decoder' ? fuzzTarget(decoderTarget, inputs, seed, only) : fuzzTarget(sessionTarget, inputs, seed, only)
}

export function fuzzTarget<E>(target: Target<E>, inputs: number, seed: number, only?: number): FuzzReport {
  const begin = performance.now()
  let done = 0
  let number = only ?? 0
  const rejections: unknown[] = []
  const rejected = (reason: unknown): void => void rejections.push(reason)
  process.on('unhandledRejection', rejected)
  const report = (failure?: string): FuzzReport => {
    process.off('unhandledRejection', rejected)
    const milliseconds = performance.now() - begin
    return { target: target.name, cases: number - (only ?? 0), inputs: done, milliseconds, failure }
  }
  while (done < inputs) {
    const drawn = target.draw(new Random(caseSeed(seed, number)))
    const wrong =
      target.run(drawn) ?? (rejections.length > 0 ? `a rejection was not handled: ${(rejections[0] as Error).stack}` : undefined)
    done += target.inputs(drawn)
    number++
    if (wrong !== undefined) return report(describe(target, drawn, wrong, `--target ${target.name} --seed ${seed} --case ${number - 1}`))
    if (only !== undefined) break
  }
  return report()
}

function describe<E>(target: Target<E>, drawn: Case<E>, wrong: string, again: string): string {
  const { setting, elements } = shrink(target, drawn)
  const left = target.run({ setting, elements }) ?? wrong
  const shown = elements.map((element) => `  ${target.show(element)}`)
  return [
    left,
    `smallest failing input, ${elements.length} of ${drawn.elements.length}, setting ${setting}:`,
    ...shown,
    `again: node test/fuzz/fuzz.ts ${again}`,
  ].join('\n')
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      target: { type: 'string' },
      case: { type: 'string' },
    },
  })
  const seed = Number(values.seed)
  const targets = TARGETS.filter((name) => values.target === undefined || values.target === name)
  if (targets.length === 0) throw new Error(`--target is none of ${TARGETS.join(', ')}`)
  const inputs = Math.ceil(Number(values.inputs) / targets.length)
  console.log(`seed ${seed}`)
  // The kernel does what waits in microtasks itself, which it cannot from within one: this module is one.
  setImmediate(() => {
    for (const name of targets) {
      const {
        cases,
        inputs: done,
        milliseconds,
        failure,
      } = fuzz(name, inputs, seed, values.case === undefined ? undefined : Number(values.case))
      const perSecond = Math.round(done / (milliseconds / 1000))
      console.log(`${name}: ${done} inputs in ${cases} cases, ${(milliseconds / 1000).toFixed(1)} s, ${perSecond} inputs a second`)
      if (failure === undefined) continue
      console.error(failure)
      process.exitCode = 1
    }
  })
}
