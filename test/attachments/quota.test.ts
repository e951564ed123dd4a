import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uploadAttachment } from '../../client/attachments.ts'
import { EdgeProcess } from '../edge/edge-process.ts'
import { inR2, type KeptFiles, onDisk } from './kept-files.ts'
import { S3Server } from './s3-server.ts'

const SETTINGS = {
  ATTACHMENT_SECRET: 'a secret of the attachments, 32 bytes and more',
  UPLOAD_BYTES_PER_USER_DAY: '100000',
  UPLOAD_BYTES: '250000',
  UPLOADS_AT_ONCE: '3',
}
const exceeded = { status: 429, code: 'quota_exceeded', message: 'One user may upload 100000 bytes in 24 hours.' }

const uploads = (kept: { url: string; tokens: KeptFiles['tokens'] }) => async (user: string, bytes: number) =>
  uploadAttachment({ edge: kept.url, token: await kept.tokens.token(user), file: new Uint8Array(bytes), name: 'a' })

describe.each([
  ['a folder', onDisk],
  ['an R2 bucket', inR2],
] as const)('uploads to %s', (_, start) => {
  let kept: KeptFiles
  let upload: (user: string, bytes: number) => Promise<unknown>
  beforeAll(async () => {
    kept = await start(SETTINGS)
    upload = uploads(kept)
  }, 60_000)
  afterAll(() => kept?.stop())

  /** An upload that has begun and does not go on. */
  async function hold(user: string, bytes: number) {
    const headers = { authorization: `Bearer ${await kept.tokens.token(user)}` }
    const body = JSON.stringify({ name: 'a', size: bytes, type: 'a/b' })
    const { uploadUrl } = (await (await fetch(`${kept.url}/attachments`, { method: 'POST', headers, body })).json()) as {
      uploadUrl: string
    }
    const { hostname, port, host } = new URL(kept.url)
    const socket = connect(Number(port), hostname)
    socket.write(`PUT /${uploadUrl} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${bytes}\r\n\r\n`)
    socket.write(new Uint8Array(bytes - 1))
    return socket.on('error', () => {})
  }

  it('under way at once are so many for a user; another is not concerned, and what has ended counts no more', {
    timeout: 20_000,
  }, async () => {
    const held = [await hold('erin', 10), await hold('erin', 10), await hold('erin', 10)]
    await expect.poll(() => upload('erin', 10).catch(({ code }) => code)).toBe('too_many_uploads')
    await upload('frank', 10)
    for (const socket of held) socket.destroy()
    await expect.poll(() => upload('erin', 10).then(Boolean, () => false), { timeout: 15_000 }).toBe(true)
  })

  it('have so many bytes a day for a user, of which what was broken off is none, and so many for all', { timeout: 20_000 }, async () => {
    await upload('alice', 60_000)
    await expect(upload('alice', 60_000)).rejects.toMatchObject(exceeded)
    await upload('alice', 20_000)
    const broken = await hold('carol', 80_000)
    broken.destroy()
    await expect.poll(() => upload('carol', 80_000).then(Boolean, () => false), { timeout: 15_000 }).toBe(true)
    await expect(upload('dave', 80_000)).rejects.toMatchObject({ status: 507, code: 'storage_full' })
    await upload('dave', 30_000)
  })
})

it('the books of a folder outlast a restart of the edge', { timeout: 30_000 }, async () => {
  const attachmentsDir = mkdtempSync(join(tmpdir(), 'hawser-attachments-'))
  const edge = await EdgeProcess.start({ attachmentsDir, settings: SETTINGS })
  await uploads(edge)('alice', 90_000)
  await edge.stop()
  await edge.start({ attachmentsDir, settings: SETTINGS })
  await expect(uploads(edge)('alice', 1)).rejects.toMatchObject(exceeded)
  // What stays free of the disk is no user's.
  await edge.stop()
  await edge.start({ attachmentsDir, settings: { ATTACHMENT_FREE_BYTES: String(2 ** 52) } })
  await expect(uploads(edge)('bob', 1)).rejects.toMatchObject({ status: 507, code: 'storage_full' })
  await edge.stop()
  await edge.start({ attachmentsDir, settings: { UPLOAD_BYTES_PER_USER: '110000' } })
  await uploads(edge)('alice', 1)
  await expect(uploads(edge)('alice', 1)).rejects.toMatchObject({ status: 507, code: 'quota_used_up' })
  await edge.dispose()
  rmSync(attachmentsDir, { recursive: true, force: true })
})

it('what is announced for an S3-compatible storage counts as uploaded', { timeout: 30_000 }, async () => {
  const storage = await S3Server.start()
  const { accessKeyId, secretAccessKey, region, bucketUrl } = storage
  const settings = {
    ...SETTINGS,
    S3_BUCKET_URL: bucketUrl,
    S3_REGION: region,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  }
  const edge = await EdgeProcess.start({ settings })
  await uploads(edge)('alice', 60_000)
  await expect(uploads(edge)('alice', 60_000)).rejects.toMatchObject(exceeded)
  await edge.dispose()
  storage.stop()
})
