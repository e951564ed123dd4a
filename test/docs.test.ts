import { existsSync, globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ROOMS, withRooms } from '../scripts/generate/rooms.ts'
import { withSession } from '../scripts/generate/session-text.ts'
import { withTables } from '../scripts/generate/tables.ts'

const root = new URL('..', import.meta.url).pathname
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8')

test('the tables of docs/PROTOCOL.md are those of the code', () => {
  expect(read('docs/PROTOCOL.md')).toBe(withTables(read('docs/PROTOCOL.md')))
})

test('the session of docs/WRITE-A-CLIENT.md is that of the vectors', () => {
  expect(read('docs/WRITE-A-CLIENT.md')).toBe(withSession(read('docs/WRITE-A-CLIENT.md')))
})

test('the picture of docs/ARCHITECTURE.md is that of the imports', () => {
  const text = read('docs/ARCHITECTURE.md')
  expect(text).toContain('  core.ts --> ')
  expect(text).toBe(withRooms(text))
})

test('docs/ARCHITECTURE.md tells of every room of the core', () => {
  const text = read('docs/ARCHITECTURE.md')
  const rooms = [...ROOMS, ...globSync('tcp-core/log/*/', { cwd: root }).map((path) => path.slice('tcp-core/'.length))]
  const places = rooms.map((room) => `tcp-core/${room}${room.endsWith('.ts') ? '' : '/'}`)
  expect(places.filter((place) => !text.includes(`\`${place}\``))).toEqual([])
})

/** By their whole path, so that whoever reads can open them. */
test.each(['docs/ARCHITECTURE.md', 'CONTRIBUTING.md'])('every file and folder that %s names is there', (document) => {
  const named = [...read(document).matchAll(/(?:`|\]\(|node )([\w.-]+\/[\w./-]*|[\w.-]+\.(?:ts|md|json))(?=[`)\s])/g)].map(
    ([, path]) => path as string,
  )
  expect(named.length).toBeGreaterThan(10)
  const from = document.startsWith('docs/') ? ['', 'docs/'] : ['']
  expect(named.filter((path) => !from.some((folder) => existsSync(`${root}${folder}${path}`)))).toEqual([])
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
