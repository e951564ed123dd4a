import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withTables } from './generate/tables.ts'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

test('the tables of docs/PROTOCOL.md are those of the code', () => {
  expect(read('docs/PROTOCOL.md')).toBe(withTables(read('docs/PROTOCOL.md')))
})

test('the lock file names no registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved"/)
})
