import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attachmentUrl, uploadAttachment } from '../../client/index.ts'
import { API_HEADERS, HASHED_CACHE_CONTROL, headersFile, PAGE_HEADERS } from '../../edge/env/safe-headers.ts'
import { type Edge, startEdge } from '../../edge/node/serve.node.ts'
import { tokenSigner } from '../support/tokens.ts'

const page = new URL('../../dist/edge/page/', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'hawser-headers-'))
const signer = tokenSigner()
let edge: Edge
beforeAll(async () => {
  edge = await startEdge({
    port: 0,
    stateDir: join(folder, 'state'),
    attachmentsDir: join(folder, 'attachments'),
    settings: { TOKEN_PUBLIC_KEY: signer.publicPem },
  })
})
afterAll(async () => {
  await edge?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const files = globSync('**/*.*', { cwd: page }).filter((file) => !file.startsWith('_'))

describe('the headers of what the edge answers', () => {
  it.each([...files, '', 'chunks/', 'nothing.html', '_headers', '../package.json'])('page: /%s', async (path) => {
    const { headers } = await fetch(`${edge.url}/${path}`)
    const cacheControl = /^chunks\/.+/.test(path) ? HASHED_CACHE_CONTROL : 'no-cache'
    expect(Object.fromEntries(headers)).toMatchObject({ ...PAGE_HEADERS, 'cache-control': cacheControl })
  })

  it('page, unchanged, and by another method', async () => {
    const { headers } = await fetch(`${edge.url}/main.js`)
    const etag = headers.get('etag') as string
    const again = await fetch(`${edge.url}/main.js`, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    expect(Object.fromEntries(again.headers)).toMatchObject(PAGE_HEADERS)
    const posted = await fetch(edge.url, { method: 'POST' })
    expect(posted.status).toBe(405)
    expect(Object.fromEntries(posted.headers)).toMatchObject(PAGE_HEADERS)
  })

  it.each([
    ['GET', '/healthz', 200],
    ['GET', '/ws', 426],
    ['GET', '/uplink/s0', 426],
    ['POST', '/drain', 404],
    ['POST', '/dev/token', 404],
    ['POST', '/attachments', 401],
    ['GET', '/attachments/nonsense', 404],
    ['POST', '/attachments/nonsense/url', 404],
    ['PUT', '/attachments/nonsense/content', 404],
    ['OPTIONS', '/attachments', 204],
  ])('no page: %s %s', async (method, path, status) => {
    const response = await fetch(edge.url + path, { method })
    expect({ status: response.status, ...Object.fromEntries(response.headers) }).toMatchObject({ status, ...API_HEADERS })
  })

  it.each([
    ['page.html', 'text/html', 'attachment'],
    ['drawing.svg', 'image/svg+xml', 'attachment'],
    ['paper.pdf', 'application/pdf', 'attachment'],
    ['data.xml', 'application/xml', 'attachment'],
    ['script.js', 'text/javascript', 'attachment'],
    ['picture.png', 'image/png', 'inline'],
  ])('a file that somebody sent runs nothing on the page’s origin: %s', async (name, type, disposition) => {
    const token = await signer.token('alice')
    const file = new TextEncoder().encode('<script>alert(1)</script>')
    const { id } = await uploadAttachment({ edge: edge.url, token, file, name, type })
    const { headers } = await fetch((await attachmentUrl({ edge: edge.url, token, id })).url)
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`))
    expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none';.*frame-ancestors 'none'$/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('Cloudflare is told the same of the page, in its own words', () => {
    const text = readFileSync(join(page, '_headers'), 'utf8')
    expect(text).toBe(headersFile())
    for (const [name, value] of Object.entries(PAGE_HEADERS)) expect(text).toContain(`\n  ${name}: ${value}\n`)
    // It takes no longer lines.
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(2000)
  })

  it('the page asks for no rights of its own: they are all in the headers', () => {
    expect(readFileSync(join(page, 'index.html'), 'utf8')).not.toMatch(/http-equiv| on\w+=|<script>|<style>/)
  })
})
