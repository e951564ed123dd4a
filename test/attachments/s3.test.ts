import { afterAll, beforeAll, expect, it } from 'vitest'
import { attachmentUrl, uploadAttachment } from '../../client/attachments.ts'
import { EdgeProcess } from '../edge/edge-process.ts'
import { S3Server } from './s3-server.ts'

let storage: S3Server
let edge: EdgeProcess
let token: string
const settings = () => ({
  S3_BUCKET_URL: `${storage.bucketUrl}/`,
  S3_REGION: storage.region,
  S3_ACCESS_KEY_ID: storage.accessKeyId,
  S3_SECRET_ACCESS_KEY: storage.secretAccessKey,
})
beforeAll(async () => {
  storage = await S3Server.start()
  edge = await EdgeProcess.start({ settings: settings() })
  token = await edge.tokens.token('alice')
})
afterAll(async () => {
  await edge?.dispose()
  storage?.stop()
})

const FILE = new TextEncoder().encode('<script>alert(1)</script>')
const announce = async (details: object) => {
  const request = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(details) }
  const response = await fetch(`${edge.url}/attachments`, request)
  expect(response.status).toBe(201)
  return (await response.json()) as { id: string; uploadUrl: string; headers: Record<string, string>; expiresAt: number }
}
const put = (url: string, headers: Record<string, string>, body: string) => fetch(url, { method: 'PUT', headers, body })

it('uploads to the storage, and downloads from it by a token or by a link', async () => {
  const { id, ...rest } = await uploadAttachment({ edge: edge.wsUrl, token, file: FILE, name: 'Übung  1.html', type: 'text/html' })
  expect(rest).toEqual({ name: 'Übung  1.html', size: FILE.length, type: 'text/html' })
  expect(storage.objects.get(`/bucket/${id}`)?.body).toEqual(Buffer.from(FILE))

  const redirect = await fetch(`${edge.url}/attachments/${id}`, { headers: { authorization: `Bearer ${token}` }, redirect: 'manual' })
  expect(redirect.status).toBe(302)
  const { url, expiresAt } = await attachmentUrl({ edge: edge.url, token, id })
  expect(redirect.headers.get('location')).toBe(url)
  expect(expiresAt).toBeGreaterThan(Date.now() + 29 * 60_000)
  const response = await fetch(url)
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(FILE)
  expect(response.headers.get('content-type')).toBe('text/html')
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="_bung 1.html"; filename*=UTF-8''%C3%9Cbung%20%201.html`)

  expect((await fetch(`${edge.url}/attachments/${id}`)).status).toBe(401)
  expect((await fetch(url.replace(id, '0'.repeat(32)))).status).toBe(403)
})

it('takes a file of no bytes', async () => {
  const { id, size } = await uploadAttachment({ edge: edge.url, token, file: new Uint8Array(0), name: 'empty' })
  expect([size, storage.objects.get(`/bucket/${id}`)?.body.length]).toEqual([0, 0])
  expect(await (await fetch((await attachmentUrl({ edge: edge.url, token, id })).url)).text()).toBe('')
})

it('lets nothing pass but what was announced', async () => {
  const { id, uploadUrl, headers, expiresAt } = await announce({ name: 'a.txt', size: 5, type: 'text/plain' })
  expect(expiresAt).toBeLessThanOrEqual(Date.now() + 15 * 60_000)
  expect((await put(uploadUrl, headers, '123456')).status).toBe(403)
  expect((await put(uploadUrl, headers, '1234')).status).toBe(403)
  expect((await put(uploadUrl, { ...headers, 'content-type': 'text/html' }, '12345')).status).toBe(403)
  expect((await put(uploadUrl, { ...headers, 'content-disposition': 'inline' }, '12345')).status).toBe(403)
  expect((await put(uploadUrl.replace(id, '0'.repeat(32)), headers, '12345')).status).toBe(403)
  expect((await put(uploadUrl.replace('X-Amz-Expires=900', 'X-Amz-Expires=90000'), headers, '12345')).status).toBe(403)
  expect(storage.objects.has(`/bucket/${id}`)).toBe(false)
  expect((await put(uploadUrl, headers, '12345')).status).toBe(200)
  expect((await put(uploadUrl, headers, '54321')).status).toBe(412)
  expect(storage.objects.get(`/bucket/${id}`)?.body.toString()).toBe('12345')
})

it('takes no upload itself', async () => {
  const { id } = await announce({ name: 'a.txt', size: 5, type: 'text/plain' })
  const response = await put(`${edge.url}/attachments/${id}/content`, {}, '12345')
  expect(response.status).toBe(404)
})

it("says that the storage refused, where the storage's words are not the edge's", async () => {
  const wrongKey = { ...settings(), S3_SECRET_ACCESS_KEY: 'another' }
  const other = new EdgeProcess()
  await other.start({ bundleDir: edge.bundleDir, settings: wrongKey })
  const upload = uploadAttachment({ edge: other.url, token: await other.tokens.token('alice'), file: FILE, name: 'a' })
  await expect(upload).rejects.toMatchObject({ name: 'AttachmentError', status: 403, code: 'storage_refused' })
  await other.dispose()
})

it.each([
  [{ S3_BUCKET_URL: '' }, 'This edge takes no attachments: bind ATTACHMENTS to an R2 bucket, or set S3_BUCKET_URL.'],
  [{ S3_BUCKET_URL: 'bucket' }, 'S3_BUCKET_URL is "bucket"; it is the https:// address of a bucket.'],
  [{ S3_SECRET_ACCESS_KEY: '' }, 'Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.'],
  [{ MAX_ATTACHMENT_BYTES: '25 MB' }, 'MAX_ATTACHMENT_BYTES is "25 MB"; it is a whole number from 1.'],
  [{ UPLOADS_PER_USER: '0' }, 'UPLOADS_PER_USER is "0"; it is a whole number from 1.'],
])('says what is wrong with the settings %j', async (wrong, message) => {
  const other = new EdgeProcess()
  await other.start({ bundleDir: edge.bundleDir, settings: { ...settings(), ...wrong } })
  const upload = uploadAttachment({ edge: other.url, token: await other.tokens.token('alice'), file: FILE, name: 'a' })
  await expect(upload).rejects.toMatchObject({ status: 503, code: 'not_configured', message })
  await other.dispose()
})
