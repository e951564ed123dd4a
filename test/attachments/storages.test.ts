import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attachmentUrl, uploadAttachment } from '../../client/attachments.ts'
import { inR2, type KeptFiles, onDisk } from './kept-files.ts'

const SECRET = 'a secret of the attachments, 32 bytes and more'
const SETTINGS = {
  ATTACHMENT_SECRET: SECRET,
  MAX_ATTACHMENT_BYTES: '300000',
  UPLOADS_PER_USER: '40',
  UPLOAD_STALL_SECONDS: '2',
  ALLOWED_ORIGINS: 'https://app.example',
}
const FILE = crypto.getRandomValues(new Uint8Array(60_000))

interface Announced {
  readonly id: string
  readonly uploadUrl: string
  readonly headers: Record<string, string>
}

describe.each([
  ['a folder', onDisk],
  ['an R2 bucket', inR2],
] as const)('attachments in %s', (_, start) => {
  let kept: KeptFiles
  let token: string
  beforeAll(async () => {
    kept = await start(SETTINGS)
    token = await kept.tokens.token('alice')
  }, 60_000)
  afterAll(() => kept?.stop())

  const bearer = () => ({ authorization: `Bearer ${token}` })
  const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, kept.url), { headers })
  const upload = (file = FILE, name = 'a.png', type = 'image/png') => uploadAttachment({ edge: kept.url, token, file, name, type })
  const announce = async (size: number, type = 'image/png') => {
    const body = JSON.stringify({ name: 'a.png', size, type })
    const response = await fetch(`${kept.url}/attachments`, { method: 'POST', headers: bearer(), body })
    expect(response.status).toBe(201)
    return (await response.json()) as Announced
  }
  const put = (url: string, body: string | Uint8Array<ArrayBuffer> | ReadableStream) =>
    fetch(new URL(url, kept.url), { method: 'PUT', body, duplex: 'half' } as RequestInit)
  const refusal = async (response: Response) => ({ status: response.status, code: ((await response.json()) as { code: string }).code })
  /** A request as bare bytes. */
  const raw = (head: string): Socket => {
    const { hostname, port } = new URL(kept.url)
    const socket = connect(Number(port), hostname)
    socket.write(`${head}host: ${hostname}:${port}\r\n`)
    return socket
  }
  /** Also nothing half-written, which is there for a moment after the client has gone. */
  const nothingOf = (id: string) =>
    expect.poll(async () => (await kept.list()).filter((name) => name.includes(id)), { timeout: 15_000 }).toEqual([])

  it('come back as they were uploaded, with what the browser is to know', async () => {
    const progress: [number, number][] = []
    const onProgress = (sent: number, total: number) => void progress.push([sent, total])
    const attachment = await uploadAttachment({
      edge: kept.url,
      token: () => token,
      file: new Blob([FILE]),
      name: '写真 1.png',
      type: 'image/PNG',
      onProgress,
    })
    expect(attachment).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), name: '写真 1.png', size: 60_000, type: 'image/png' })
    expect(progress.at(-1)).toEqual([60_000, 60_000])

    const response = await get(`/attachments/${attachment.id}`, bearer())
    expect(response.status).toBe(200)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(FILE)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '60000',
      'content-disposition': `inline; filename="__ 1.png"; filename*=UTF-8''%E5%86%99%E7%9C%9F%201.png`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^sandbox; default-src 'none'/),
      'cache-control': 'private, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      etag: `"${attachment.id}"`,
    })
    const head = await fetch(`${kept.url}/attachments/${attachment.id}`, { method: 'HEAD', headers: bearer() })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '60000', ''])
    const again = await get(`/attachments/${attachment.id}`, { ...bearer(), 'if-none-match': `"${attachment.id}"` })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('may be empty', async () => {
    const { id, size } = await upload(new Uint8Array(0), 'empty.txt', 'text/plain')
    expect(size).toBe(0)
    for (const range of [{}, { range: 'bytes=0-' }]) {
      const response = await get(`/attachments/${id}`, { ...bearer(), ...range })
      expect([response.status, await response.text()]).toEqual('range' in range ? [416, expect.any(String)] : [200, ''])
    }
    const announced = await announce(0)
    expect(await refusal(await put(announced.uploadUrl, 'x'))).toEqual({ status: 413, code: 'attachment_too_large' })
    expect((await put(announced.uploadUrl, '')).status).toBe(204)
    expect(await refusal(await put(announced.uploadUrl, ''))).toEqual({ status: 409, code: 'attachment_exists' })
  })

  it('come in parts', async () => {
    const { id } = await upload()
    const part = async (range: string, more: Record<string, string> = {}) => {
      const response = await get(`/attachments/${id}`, { ...bearer(), range, ...more })
      const bytes = new Uint8Array(await response.arrayBuffer())
      return {
        status: response.status,
        range: response.headers.get('content-range'),
        length: response.headers.get('content-length'),
        bytes,
      }
    }
    expect(await part('bytes=10-19')).toEqual({ status: 206, range: 'bytes 10-19/60000', length: '10', bytes: FILE.slice(10, 20) })
    expect(await part('bytes=59990-')).toMatchObject({ status: 206, range: 'bytes 59990-59999/60000', bytes: FILE.slice(-10) })
    expect(await part('bytes=-5')).toMatchObject({ status: 206, range: 'bytes 59995-59999/60000', bytes: FILE.slice(-5) })
    expect(await part('bytes=60000-')).toMatchObject({ status: 416, range: 'bytes */60000' })
    expect(await part('bytes=0-1,5-6')).toMatchObject({ status: 200, range: null, length: '60000' })
    expect(await part('bytes=0-1', { 'if-range': `"${id}"` })).toMatchObject({ status: 206 })
    expect(await part('bytes=0-1', { 'if-range': '"another"' })).toMatchObject({ status: 200, length: '60000' })
  })

  it('come by a link without a token, each by its own', async () => {
    const [one, two] = [await upload(), await upload()]
    const link = await attachmentUrl({ edge: kept.url, token, id: one.id })
    expect(link.expiresAt).toBeGreaterThan(Date.now() + 29 * 60_000)
    expect(new Uint8Array(await (await fetch(link.url)).arrayBuffer())).toEqual(FILE)
    const { pathname, search } = new URL(link.url)
    expect(await refusal(await get(pathname.replace(one.id, two.id) + search))).toEqual({ status: 403, code: 'link_invalid' })
    expect(await refusal(await get(`${pathname}${search}x`))).toEqual({ status: 403, code: 'link_invalid' })
    expect(await refusal(await get(`${pathname}?grant=`, bearer()))).toEqual({ status: 403, code: 'link_invalid' })
    // A link to upload is none to download, nor a download's one to upload.
    const announced = await announce(5)
    const uploadGrant = new URL(announced.uploadUrl, kept.url).search
    expect(await refusal(await get(`/attachments/${announced.id}${uploadGrant}`))).toEqual({ status: 403, code: 'link_invalid' })
    expect(await refusal(await put(`/attachments/${one.id}/content${search}`, FILE))).toEqual({ status: 403, code: 'link_invalid' })
    // Whoever has an edge's secret can sign; even so a link has an end.
    const stale = (audience: string) =>
      new SignJWT({ name: 'a', size: 5, type: 'a/b' })
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience(audience)
        .setSubject(one.id)
        .setExpirationTime('-1s')
        .sign(new TextEncoder().encode(SECRET))
    const staleDownload = `/attachments/${one.id}?grant=${await stale('hawser-attachment-download')}`
    expect(await refusal(await get(staleDownload))).toEqual({ status: 403, code: 'link_expired' })
    const staleUpload = `/attachments/${one.id}/content?grant=${await stale('hawser-attachment-upload')}`
    expect(await refusal(await put(staleUpload, '12345'))).toEqual({ status: 403, code: 'link_expired' })
  })

  it('are for those with a good token only', async () => {
    const { id } = await upload()
    const requests: [string, RequestInit][] = [
      ['/attachments', { method: 'POST', body: JSON.stringify({ name: 'a', size: 1, type: 'a/b' }) }],
      [`/attachments/${id}`, {}],
      [`/attachments/${id}/url`, { method: 'POST' }],
    ]
    const headers = async (options: object) => ({ authorization: `Bearer ${await kept.tokens.token('alice', options)}` })
    for (const [path, request] of requests) {
      const ask = async (headers: Record<string, string>) => refusal(await fetch(kept.url + path, { ...request, headers }))
      expect(await ask({})).toEqual({ status: 401, code: 'token_invalid' })
      expect(await ask({ authorization: `Basic ${token}` })).toEqual({ status: 401, code: 'token_invalid' })
      expect(await ask({ authorization: `Bearer ${token}x` })).toEqual({ status: 401, code: 'token_invalid' })
      expect(await ask(await headers({ expiresIn: '-1m' }))).toEqual({ status: 401, code: 'token_expired' })
      expect(await ask(await headers({ audience: 'hawser-attachment-download' }))).toEqual({ status: 401, code: 'token_invalid' })
    }
  })

  it('are kept whole or not at all', async () => {
    const { id, uploadUrl } = await announce(5)
    expect(await refusal(await put(uploadUrl, '123456'))).toEqual({ status: 413, code: 'attachment_too_large' })
    expect(await refusal(await put(uploadUrl, '1234'))).toEqual({ status: 400, code: 'field_invalid' })
    expect(await refusal(await put(uploadUrl, new Blob(['12345']).stream()))).toEqual({ status: 411, code: 'length_required' })
    expect(await refusal(await put(uploadUrl, ''))).toEqual({ status: 400, code: 'field_invalid' })
    await nothingOf(id)

    // A length that says one thing, and chunks that say another.
    const smuggled = raw(`PUT /${uploadUrl} HTTP/1.1\r\n`)
    smuggled.write('content-length: 5\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\na\r\n0123456789\r\n0\r\n\r\n')
    expect(await text(smuggled)).toMatch(/^HTTP\/1.1 4\d\d /)
    await nothingOf(id)

    // A connection that ends before its file.
    const large = await announce(200_000)
    const broken = raw(`PUT /${large.uploadUrl} HTTP/1.1\r\n`)
    broken.write('content-length: 200000\r\n\r\n')
    broken.end(FILE)
    await text(broken.on('error', () => {})).catch(() => '')
    await nothingOf(large.id)
    expect(await refusal(await get(`/attachments/${large.id}`, bearer()))).toEqual({ status: 404, code: 'attachment_unknown' })

    // After all that the link is still good for what it was made for, once.
    expect((await put(uploadUrl, '12345')).status).toBe(204)
    expect(await refusal(await put(uploadUrl, '54321'))).toEqual({ status: 409, code: 'attachment_exists' })
    expect(await (await get(`/attachments/${id}`, bearer())).text()).toBe('12345')
  })

  it('are published once: an upload that was held meanwhile replaces nothing', async () => {
    const { id, uploadUrl } = await announce(200_000)
    const held = raw(`PUT /${uploadUrl} HTTP/1.1\r\n`)
    // Where it is begun only after the other is published, it is refused before its end.
    const answer = allOf(held)
    held.write('content-length: 200000\r\nconnection: close\r\n\r\n')
    const [first, rest] = [new Uint8Array(150_000).fill(1), new Uint8Array(50_000).fill(1)]
    held.write(first)
    const published = new Uint8Array(200_000).fill(2)
    // By another connection, while that one waits for its end.
    expect((await put(uploadUrl, published)).status).toBe(204)
    held.write(rest)
    expect(await answer).toMatch(/^HTTP\/1.1 409 /)
    expect(new Uint8Array(await (await get(`/attachments/${id}`, bearer())).arrayBuffer())).toEqual(published)
    const files = () => kept.list().then((names) => names.filter((name) => name.startsWith(id) && !name.endsWith('.json')).length)
    await expect.poll(files).toBe(1)
  })

  it('end when they come to a standstill, and leave nothing', { timeout: 20_000 }, async () => {
    const { id, uploadUrl } = await announce(200_000)
    const stalled = raw(`PUT /${uploadUrl} HTTP/1.1\r\n`)
    stalled.write('content-length: 200000\r\nconnection: close\r\n\r\n')
    stalled.write(FILE)
    const answer = await text(stalled)
    expect(answer).toMatch(/^HTTP\/1.1 408 /)
    expect(answer).toContain('upload_stalled')
    await nothingOf(id)
    // The link is good for what it was made for.
    expect((await put(uploadUrl, new Uint8Array(200_000))).status).toBe(204)
  })

  it('are refused where they are announced as too large, or not rightly', async () => {
    await expect(upload(new Uint8Array(300_001))).rejects.toMatchObject({
      name: 'AttachmentError',
      status: 413,
      code: 'attachment_too_large',
      message: 'An attachment has up to 300000 bytes; this one has 300001.',
    })
    await expect(upload(FILE, 'a\nb')).rejects.toMatchObject({ status: 400, code: 'field_invalid' })
    for (const body of ['', 'no JSON', 'x'.repeat(9_000)]) {
      expect(await refusal(await fetch(`${kept.url}/attachments`, { method: 'POST', headers: bearer(), body }))).toEqual({
        status: 400,
        code: 'field_invalid',
      })
    }
    expect((await upload(new Uint8Array(300_000))).size).toBe(300_000)
  })

  it('have no names but ids', async () => {
    const { id } = await upload()
    const wrong = [
      `${id}.json`,
      id.toUpperCase(),
      `${id}0`,
      '..',
      '.',
      '%2e%2e%2fstate',
      `..%2f${id}`,
      `${id}%00`,
      `%2e%2e`,
      '*',
      `${id}%2fcontent`,
    ]
    for (const name of wrong) {
      const request = raw(`GET /attachments/${name} HTTP/1.1\r\n`)
      request.write(`authorization: Bearer ${token}\r\nconnection: close\r\n\r\n`)
      // "." and ".." are taken out of a path by whoever parses it: what is left is no attachment.
      expect(await text(request), name).toMatch(/^HTTP\/1.1 404 /)
    }
    expect((await get(`/attachments/${id}`, bearer())).status).toBe(200)
    expect(await refusal(await get(`/attachments/${'0'.repeat(32)}`, bearer()))).toEqual({ status: 404, code: 'attachment_unknown' })
  })

  it.each(['text/html', 'image/svg+xml', 'application/pdf', 'text/xml'])('of type %s are saved and never shown', async (type) => {
    const { id } = await upload(new TextEncoder().encode('<script>alert(1)</script>'), 'a.html', type)
    const { headers } = await fetch((await attachmentUrl({ edge: kept.url, token, id })).url)
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('content-disposition')).toMatch(/^attachment; /)
    expect(headers.get('content-security-policy')).toMatch(/^sandbox;/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it("are for the edge's own pages, and those of allowed origins", async () => {
    const ask = (origin: string, headers: Record<string, string> = {}) =>
      fetch(`${kept.url}/attachments`, { method: 'POST', headers: { origin, ...headers }, body: '{}' })
    expect(await refusal(await ask('https://evil.example', bearer()))).toEqual({ status: 403, code: 'origin_refused' })
    const allowed = await ask('https://app.example')
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(await refusal(allowed)).toEqual({ status: 401, code: 'token_invalid' })
    expect((await ask(kept.url, bearer())).status).toBe(400)
    const preflight = await fetch(`${kept.url}/attachments/x/content`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
  })

  it('are not begun by one user without end', async () => {
    token = await kept.tokens.token('greedy')
    // 40 in a minute, and as many again should a new minute begin meanwhile.
    const begin = async () => {
      for (let begun = 0; begun <= 80; begun++) await upload(new Uint8Array(1))
    }
    await expect(begin()).rejects.toMatchObject({ status: 429, code: 'rate_exceeded' })
    token = await kept.tokens.token('modest')
    await announce(5)
  })
})

/** What came, however the socket ended. */
async function allOf(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let all = ''
  socket.on('data', (chunk) => {
    all += chunk
  })
  socket.on('error', () => {})
  socket.once('close', () => resolve())
  await promise
  return all
}
