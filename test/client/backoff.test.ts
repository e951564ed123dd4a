import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Backoff } from '../../client/backoff.ts'
import { resolveOptions } from '../../client/options.ts'

test('the ceiling doubles up to the maximum and begins again after a reset', () => {
  const backoff = new Backoff({ baseMs: 100, maxMs: 1000 }, () => 0.5)
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([50, 100, 200, 400, 500, 500])
  backoff.reset()
  expect(backoff.next()).toBe(50)
})

test('the jitter is full: from nothing up to the ceiling', () => {
  const waits = [0, 0.999].map((random) => new Backoff({ baseMs: 100, maxMs: 1000 }, () => random).next())
  expect(waits).toEqual([0, 99.9])
})

test('E2a: the numbers of the client are those of the document', () => {
  const clause = /^- E2a\. .*$/m.exec(readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8'))?.[0]
  const { backoff, requestTimeoutMs } = resolveOptions({ token: '' }, 'web')
  expect(clause).toContain(`the lesser of ${backoff.maxMs / 1000} s and ${backoff.baseMs} ms times 2^n`)
  expect(clause).toContain(`with its LOGIN, has ${requestTimeoutMs / 1000} s`)
})
