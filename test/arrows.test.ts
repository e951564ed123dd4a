import { expect, test } from 'vitest'
import { imports, ownImports, sources } from '../scripts/generate/imports.ts'
import { EDGE_ROOMS, ROOMS, roomOf } from '../scripts/generate/rooms.ts'

/** What each part may import besides itself and packages. */
const ALLOWED: Record<string, readonly string[]> = {
  shared: [],
  'tcp-core': ['shared'],
  edge: ['shared', 'package.json'],
  client: ['shared', 'package.json'],
  cli: ['client', 'edge', 'shared', 'tcp-core', 'package.json'],
}

/** What a file imports: of the repository by paths from its top, of packages by their names. */
const reached = (file: string) => [...ownImports(file), ...imports(file).filter((target) => !target.startsWith('.'))]

test.each(Object.entries(ALLOWED))('%s imports only what lies below it', (part, allowed) => {
  const wrong = sources(part).flatMap((file) =>
    ownImports(file)
      .map((target) => target.split('/')[0] as string)
      .filter((target) => target !== part && !allowed.includes(target))
      .map((target) => `${file} -> ${target}`),
  )
  expect(wrong).toEqual([])
})

test('shared imports nothing of Node or Workers', () => {
  const wrong = sources('shared').flatMap((file) => imports(file).filter((target) => /^(node:|cloudflare:|ws$)/.test(target)))
  expect(wrong).toEqual([])
})

/** Files of one circle: each is there for the other, and none can be told without it. */
const CIRCLES = [['tcp-core/sessions/connection.ts', 'tcp-core/sessions/session.ts', 'tcp-core/sessions/user.ts']]

const within = (part: string) =>
  new Map(sources(part).map((file) => [file, ownImports(file).filter((target) => target.startsWith(`${part}/`))]))

function upwards(part: string, rooms: readonly string[]): string[] {
  const all = within(part)
  expect([...all.keys()].filter((file) => !rooms.includes(roomOf(file)))).toEqual([])
  return [...all].flatMap(([file, targets]) =>
    targets.filter((target) => rooms.indexOf(roomOf(target)) > rooms.indexOf(roomOf(file))).map((target) => `${file} -> ${target}`),
  )
}

test('between the rooms of the core the arrows run one way, types included', () => {
  expect(upwards('tcp-core', ROOMS)).toEqual([])
})

/** Who may and what follows is decided for any store (docs/DECISIONS.md). */
test('the rules of the log import nothing of a store', () => {
  const files = sources('tcp-core/log/rules')
  expect(files.length).toBeGreaterThan(10)
  const wrong = files.flatMap((file) =>
    reached(file)
      .filter((target) => !/^(shared\/|tcp-core\/log\/rules\/|tcp-core\/log\/log-rules\.ts$)/.test(target))
      .map((target) => `${file} -> ${target}`),
  )
  expect(wrong).toEqual([])
})

/** What a user is answered is found above any store, too. */
test('the reads of the log import nothing of a store', () => {
  const files = sources('tcp-core/log/reads')
  expect(files.length).toBeGreaterThan(10)
  const wrong = files.flatMap((file) =>
    reached(file)
      .filter((target) => /^(node:(sqlite|fs|worker_threads)|tcp-core\/log\/(sqlite|memory)\/)/.test(target))
      .map((target) => `${file} -> ${target}`),
  )
  expect(wrong).toEqual([])
})

test('no room but the log, and the lock of the data folder, imports a database', () => {
  const users = sources('tcp-core').filter((file) => imports(file).includes('node:sqlite'))
  expect(users.filter((file) => !file.startsWith('tcp-core/log/sqlite/'))).toEqual(['tcp-core/files/data-lock.ts'])
})

test('between the rooms of the edge the arrows run one way, types included', () => {
  expect(upwards('edge', EDGE_ROOMS)).toEqual([])
})

test.each(Object.keys(ALLOWED))('no file of %s leads back to itself but in the circles that are named here', (part) => {
  expect(circlesOf(within(part)).filter((circle) => !CIRCLES.some((known) => circle.every((file) => known.includes(file))))).toEqual([])
})

/** The strongly connected components of more than one file (Tarjan). */
function circlesOf(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const numbers = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (file: string): number => {
    const number = numbers.size
    numbers.set(file, number)
    lowest.set(file, number)
    stack.push(file)
    for (const target of edges.get(file) ?? []) {
      const reached = numbers.has(target) ? (stack.includes(target) ? (numbers.get(target) as number) : number) : visit(target)
      lowest.set(file, Math.min(lowest.get(file) as number, reached))
    }
    if (lowest.get(file) === number) {
      const circle = stack.splice(stack.indexOf(file))
      if (circle.length > 1) circles.push(circle.toSorted())
    }
    return lowest.get(file) as number
  }
  for (const file of edges.keys()) if (!numbers.has(file)) visit(file)
  return circles
}
