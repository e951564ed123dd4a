import { parseArgs } from 'node:util'
import { UsageError } from './exit.ts'

/** A flag that takes a value, or a switch that is 'true' where it is given. */
export interface Flag {
  /** What stands for the value in the help; empty for a switch. */
  readonly value: string
  readonly help: string
  /** The environment variable that is read where the flag is not given. */
  readonly variable?: string
  readonly default?: string
}

export type Flags = Readonly<Record<string, Flag>>
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends { default: string } ? string : string | undefined }

/** Reads a command's arguments. Throws UsageError for what is not among `flags`. */
export function readFlags<F extends Flags>(args: readonly string[], flags: F): { values: FlagValues<F>; words: string[] } {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value }]) => [name, { type: value === '' ? ('boolean' as const) : ('string' as const) }]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    for (const [name, { variable, default: fallback }] of Object.entries(flags)) {
      if (values[name] === true) values[name] = 'true'
      values[name] ??= (variable && process.env[variable]) || fallback
    }
    return { values: values as FlagValues<F>, words: positionals }
  } catch (cause) {
    throw new UsageError((cause as Error).message.split('. ')[0], { cause })
  }
}

/** The part of a command's help that describes its flags. */
export function flagsHelp(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, { value, help, variable, default: fallback }]) => {
    const notes = [variable && `also ${variable}`, fallback && `default ${fallback}`].filter(Boolean).join('; ')
    return [`  --${name} ${value}`.trimEnd(), `${help}${notes && ` (${notes})`}`] as const
  })
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}\n`).join('')
}

/** Throws UsageError where the flag is not given. */
export function required(name: string, value: string | undefined): string {
  if (!value) throw new UsageError(`--${name} is missing`)
  return value
}

/** Throws UsageError for words that nobody asked for. */
export function noWords(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`"${words[0]}" is not expected here`)
}

/** A whole number of at least `min`. Throws UsageError. */
export function wholeNumber(name: string, value: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new UsageError(
      `--${name} is a whole number from ${min}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ' on'}; "${value}" is not`,
    )
  }
  return number
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a time such as 90s, 15m, 1h or 7d. Throws UsageError. */
export function duration(name: string, value: string): number {
  const [, amount, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(value) ?? []
  const milliseconds = Number(amount) * (UNITS[unit] ?? Number.NaN)
  if (!(milliseconds > 0)) throw new UsageError(`--${name} is a time such as 90s, 15m, 1h or 7d; "${value}" is not`)
  return milliseconds
}
