import { deepStrictEqual } from 'node:assert/strict'

/** Throws where the two differ; a field that is undefined is one that is not there, and bytes are bytes. */
export function same(actual: unknown, expected: unknown, where: string): void {
  try {
    deepStrictEqual(plain(actual), plain(expected))
  } catch (cause) {
    throw new Error(`${where}: ${(cause as Error).message}`, { cause })
  }
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('latin1')}`
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const given = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(given.map(([name, field]) => [name, plain(field)]))
}
