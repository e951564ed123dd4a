import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CLAUSES } from './clauses.ts'

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')
const ids = [...read('../docs/PROTOCOL.md').matchAll(/^- ([A-Z]\d+[a-z]?)\. /gm)].map(([, id]) => id as string)

test('every clause of docs/PROTOCOL.md has its tests listed, and no other has', () => {
  expect(Object.keys(CLAUSES).toSorted()).toEqual(ids.toSorted())
})

test('no number of a clause is given twice', () => {
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
})

test.each(Object.entries(CLAUSES))('what is listed for %s is there', (_id, tests) => {
  for (const [what, place] of Object.entries(tests)) {
    const [file, name] = [place.slice(0, place.indexOf(': ')), place.slice(place.indexOf(': ') + 2)]
    expect(read(`./${file}`).replaceAll("\\'", "'").includes(name), `${what}: ${file} has no test "${name}"`).toBe(true)
  }
})

test('the other documents name no clause that is none', () => {
  for (const file of ['../docs/WRITE-A-CLIENT.md', '../examples/python/hawser.py', '../CONTRIBUTING.md']) {
    const named = [...read(file).matchAll(/(?<![\w+])([FDLHNSCGMPRYTAEVU]\d{1,2}[a-z]?)(?!\w)/g)].map(([, id]) => id as string)
    expect(
      named.filter((id) => !ids.includes(id)),
      file,
    ).toEqual([])
  }
})
