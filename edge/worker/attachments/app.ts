import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { limitSetting } from '../../env/limit-setting.ts'
import { Refusal } from '../../env/refusal.ts'
import { checkOrigin, isAllowedOrigin } from '../origin.ts'
import { verifyUserToken } from '../user-token.ts'
import type { AttachmentEnv } from './attachment-env.ts'
import { checkAttachmentId, newAttachmentId } from './attachment-id.ts'
import { type AttachmentDetails, parseDetails } from './details.ts'
import { fileResponse } from './file-response.ts'
import { checkFreeSpace, holdSpace } from './free-space.ts'
import { STALL_SECONDS, withProgress } from './progress.ts'
import { Quota } from './quota.ts'
import { type AttachmentStorage, storageOf } from './storage.ts'
import { countUpload } from './upload-rate.ts'

type AttachmentContext = Context<{ Bindings: AttachmentEnv }>

const MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024
const MAX_BODY_BYTES = 8 * 1024

/** Attachments (docs/PROTOCOL.md, "Attachments"), mounted at /attachments. */
export const attachments = new Hono<{ Bindings: AttachmentEnv }>()

attachments.use(async (c, next) => {
  checkOrigin(c.req.raw, c.env)
  await next()
})
attachments.use(
  cors({
    origin: (origin, c: AttachmentContext) => (isAllowedOrigin(origin, c.req.url, c.env) ? origin : null),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT'],
    allowHeaders: ['authorization', 'content-type', 'if-none-match', 'if-range', 'range'],
    exposeHeaders: ['content-disposition', 'content-length', 'content-range', 'etag'],
    maxAge: 600,
  }),
)

attachments.post('/', bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuseBody }), async (c) => {
  const user = await userOf(c)
  const { kind, links } = storageOf(c.env)
  const maxBytes = limitSetting(c.env, 'MAX_ATTACHMENT_BYTES', MAX_ATTACHMENT_BYTES)
  const details = parseDetails(await c.req.json<unknown>().catch(refuseBody), maxBytes)
  await countUpload(user, c.env)
  const id = newAttachmentId()
  const quota = new Quota(c.env, user)
  await checkFreeSpace(c.env, details.size)
  if (kind === 'behind') await quota.check(details.size)
  else {
    // What clients bring to the storage by themselves counts as kept: nobody tells the edge of it.
    await quota.begin(id, details.size)
    await quota.end(id, true)
  }
  const { url, headers, expiresAt } = await links.upload(id, details, user)
  return c.json({ id, type: details.type, uploadUrl: url, uploadMethod: 'PUT', headers, expiresAt }, 201)
})

attachments.put('/:id/content', async (c) => {
  const id = checkAttachmentId(c.req.param('id'))
  const { links } = storageBehind(c.env)
  const { user, ...details } = await links.checkUpload(id, c.req.query('grant'))
  const { body, hasStalled } = bodyOf(c.req.raw, details.size, limitSetting(c.env, 'UPLOAD_STALL_SECONDS', STALL_SECONDS))
  try {
    await keep(c.env, { id, user, details, body, hasStalled })
  } finally {
    await readRest(body)
  }
  return c.body(null, 204)
})

attachments.post('/:id/url', async (c) => {
  const id = checkAttachmentId(c.req.param('id'))
  await userOf(c)
  return c.json(await storageOf(c.env).links.download(id))
})

/** By a token, or by a link that `POST /:id/url` gave. Hono answers HEAD by it as well. */
attachments.get('/:id', async (c) => {
  const id = checkAttachmentId(c.req.param('id'))
  const storage = storageOf(c.env)
  const grant = c.req.query('grant')
  if (storage.kind === 'beside') {
    await userOf(c)
    return c.redirect((await storage.links.download(id)).url)
  }
  if (grant === undefined) await userOf(c)
  else await storage.links.checkDownload(id, grant)
  return fileResponse(c.req.raw, storage.files, id)
})

attachments.all('*', () => {
  throw new Refusal(404, 'not_found', 'There is no such thing here.')
})

/** Whose token the request has. Throws Refusal. */
async function userOf(c: AttachmentContext): Promise<string> {
  const [, token] = /^bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
  if (token === undefined) throw new Refusal(401, 'token_invalid', 'The request has no token: send "Authorization: Bearer <JWT>".')
  return (await verifyUserToken(token, c.env)).userId
}

/** The storage whose files pass through the Worker. */
function storageBehind(env: AttachmentEnv): Extract<AttachmentStorage, { kind: 'behind' }> {
  const storage = storageOf(env)
  if (storage.kind === 'behind') return storage
  throw new Refusal(404, 'not_found', 'Attachments are uploaded to the storage itself.')
}

interface Upload extends UploadBody {
  readonly id: string
  readonly user: string
  readonly details: AttachmentDetails
}

/** Stores the upload, which has to be the first of its id. Throws Refusal. */
async function keep(env: AttachmentEnv, { id, user, details, body, hasStalled }: Upload): Promise<void> {
  const { files } = storageBehind(env)
  const quota = new Quota(env, user)
  // The same link may be used by several at a time, of which one is kept.
  const attempt = `${id}/${newAttachmentId()}`
  await checkFreeSpace(env, details.size)
  await quota.begin(attempt, details.size)
  const release = holdSpace(details.size)
  let isFirst = false
  try {
    isFirst = await files.write(id, details, body)
  } catch (cause) {
    if (hasStalled()) throw new Refusal(408, 'upload_stalled', 'The upload came to a standstill.', { cause })
    console.error(`attachment ${id} could not be stored:`, cause)
    throw new Refusal(503, 'storage_unavailable', 'The attachment could not be stored.', { cause })
  } finally {
    release()
    await quota.end(attempt, isFirst)
  }
  if (!isFirst) throw new Refusal(409, 'attachment_exists', 'This attachment has been uploaded already.')
}

/** Whoever is still sending when the connection ends may never read the answer: what was refused before it was read is read to its end, and comes to nothing. */
async function readRest(body: ReadableStream): Promise<void> {
  if (!body.locked) await body.pipeTo(new WritableStream()).catch(() => {})
}

interface UploadBody {
  readonly body: ReadableStream
  /** It broke off because nothing more came. */
  readonly hasStalled: () => boolean
}

/** The body of an upload, which breaks off if it turns out longer or shorter than was signed (A2). Throws Refusal. */
function bodyOf(request: Request, size: number, stallSeconds: number): UploadBody {
  const length = request.headers.get('content-length')
  if (length === null) throw new Refusal(411, 'length_required', 'An upload says its Content-Length.')
  if (Number(length) > size) throw new Refusal(413, 'attachment_too_large', `The upload has ${length} bytes; the link is for ${size}.`)
  if (Number(length) < size) throw new Refusal(400, 'field_invalid', `The upload has ${length} bytes; the link is for ${size}.`)
  // A request of no bytes has no body; a storage takes an empty one.
  const { stream, hasStalled } = withProgress(request.body ?? new Blob([]).stream(), stallSeconds)
  return { body: stream.pipeThrough(new FixedLengthStream(size)), hasStalled }
}

function refuseBody(): never {
  throw new Refusal(400, 'field_invalid', `The body is JSON of up to ${MAX_BODY_BYTES} bytes, with "name", "size" and "type".`)
}
