import { globSync, readFileSync } from 'node:fs'
import { build } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'

const root = new URL('../../', import.meta.url).pathname

interface Page {
  inWords(error: unknown): string
  closedInWords(code: string): string
  refusalInWords(code: string, message: string): string
  nameFault(name: string): string | undefined
  RequestError: new (code: string, message: string, options: { field?: string; retryAfterMs?: number }) => Error
  AttachmentError: new (status: number, code: string, message: string) => Error
  TimeoutError: new (message: string) => Error
  DisconnectedError: new (message: string) => Error
}

/** As the page has it. */
let page: Page
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from './edge/page/words.ts'
        export { AttachmentError, DisconnectedError, RequestError, TimeoutError } from 'hawser'`,
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    alias: { hawser: `${root}client/index.ts` },
    write: false,
  })
  page = (await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')}`)) as Page
})

/** Whole sentences, with no name of a code, a field or a command in them. */
function expectWords(words: string): void {
  expect(words).toMatch(/^[A-Z“].*\.$/s)
  expect(words).not.toMatch(/[a-z]_[a-z]|[a-z][A-Z]|\b[A-Z]{4,}\b|HTTP|JSON|undefined|NaN|"/)
}

/** Known to be the server's own words for people. */
const SERVERS_WORDS = ['forbidden', 'limit_reached']
const codes = Object.keys(CODES)
const refusals = [...readFileSync(`${root}edge/env/refusal.ts`, 'utf8').matchAll(/^ {2}\| '(\w+)'$/gm)].map(([, code]) => code as string)
const fields = globSync('{tcp-core,shared}/**/*.ts', { cwd: root })
  .flatMap((file) => [...readFileSync(root + file, 'utf8').matchAll(/field: '(\w+)'/g)])
  .map(([, field]) => field as string)

describe('every refusal is told in words', () => {
  test.each(codes)('%s', (code) => {
    const message = SERVERS_WORDS.includes(code) ? 'Your role here is not enough.' : '"some_field" has 17 bytesOfIt.'
    for (const retryAfterMs of [0, 1, 1000, 61_000, 7_200_000, 86_400_000]) {
      expectWords(page.inWords(new page.RequestError(code, message, { field: 'some_field', retryAfterMs })))
    }
    expectWords(page.closedInWords(code))
    expectWords(page.refusalInWords(code, message))
  })

  test.each(refusals)('of the edge: %s', (code) => {
    const words = page.inWords(new page.AttachmentError(400, code, 'Raw "some_field".'))
    expectWords(words)
    expect(words).not.toBe(page.inWords(new page.AttachmentError(400, 'a_newer_code', '')))
  })

  test.each([...new Set(fields)])('of the field %s', (field) => {
    expectWords(page.inWords(new page.RequestError('field_invalid', `"${field}" is wrong.`, { field })))
  })

  test('what has no code', () => {
    for (const error of [new TypeError('Failed to fetch'), new DOMException('x', 'AbortError'), undefined]) expectWords(page.inWords(error))
    for (const error of [new page.TimeoutError('no_answer'), new page.DisconnectedError('no_line')]) expectWords(page.inWords(error))
    expectWords(page.inWords(new page.RequestError('a_newer_code', 'raw_words', {})))
    expectWords(page.closedInWords('closed_by_user'))
  })

  test('names', () => {
    for (const name of ['', 'a b', 'x'.repeat(129), 'a\u0007']) expectWords(page.nameFault(name) ?? '')
    expect(page.nameFault('bob')).toBe(undefined)
  })
})

test('the page shows no error but through its words', () => {
  const raw = globSync('edge/page/**/*.{ts,tsx}', { cwd: root }).filter((file) =>
    /\b(error|cause|reason|closed|failure)( as Error\))?\??\.message\b|\.refusalMessage\}/.test(readFileSync(root + file, 'utf8')),
  )
  expect(raw).toEqual(['edge/page/words.ts'])
})
