import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withSession } from '../scripts/generate/session-text.ts'
import { withTables } from '../scripts/generate/tables.ts'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

test('the tables of docs/PROTOCOL.md are those of the code', () => {
  expect(read('docs/PROTOCOL.md')).toBe(withTables(read('docs/PROTOCOL.md')))
})

test('the session of docs/WRITE-A-CLIENT.md is that of the vectors', () => {
  expect(read('docs/WRITE-A-CLIENT.md')).toBe(withSession(read('docs/WRITE-A-CLIENT.md')))
})

test('the lock file names no registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved"|https?:\/\/registry/)
})

/**
 * `npm install` leaves it out where it makes the file from a node_modules that is there: of other platforms' programs it
 * then knows the version alone. `npm view <package>@<version> dist.integrity` gives what is missing.
 */
test('every package of the lock file has its integrity', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { integrity?: string }> }
  const without = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && !integrity?.startsWith('sha512-'))
  expect(without.map(([path]) => path)).toEqual([])
})
