import { Hono } from 'hono'
import { version } from '../../package.json'
import type { Env } from '../env/env.ts'
import { Refusal } from '../env/refusal.ts'
import { safeHeaders } from '../env/safe-headers.ts'
import { DRAIN_PATH } from '../env/shard-request.ts'
import { attachments } from './attachments/app.ts'
import type { AttachmentEnv } from './attachments/attachment-env.ts'
import { openBrowser } from './browser-door.ts'
import { drain } from './drain.ts'
import { openUplink } from './uplink-door.ts'

export { BridgeShard } from '../shard/shard.ts'
export { AttachmentBook } from './attachments/book.ts'

/** No middleware on the doors of WebSockets: one that touches a response's headers would break the 101 of an upgrade. */
const app = new Hono<{ Bindings: AttachmentEnv }>()

app.get('/healthz', safeHeaders, (c) => c.json({ ok: true, version }))
app.get('/ws', (c) => openBrowser(c.req.raw, c.env))
app.get('/uplink/:shard', (c) => openUplink(c.req.raw, c.env, c.req.param('shard')))
app.post(DRAIN_PATH, (c) => drain(c.req.raw, c.env))
app.use('/attachments/*', safeHeaders)
app.route('/attachments', attachments)
app.post('/dev/token', safeHeaders, (c) => devToken(c.req.raw, c.env))
app.all('*', safeHeaders, (c) => c.env.ASSETS.fetch(c.req.raw))

app.onError((error) => {
  if (error instanceof Refusal) return error.toResponse()
  console.error(error)
  return new Refusal(500, 'internal_error', 'The edge failed in a way it did not expect.').toResponse()
})

export default app

/** Tokens for trying things out come from a core on the developer's machine, if one is bound. */
async function devToken(request: Request, { DEV_TOKENS }: Env): Promise<Response> {
  if (!DEV_TOKENS) throw new Refusal(404, 'not_found', 'This edge gives no tokens.')
  try {
    return await DEV_TOKENS.fetch(request)
  } catch (cause) {
    throw new Refusal(502, 'core_unavailable', 'The core that gives tokens cannot be reached.', { cause })
  }
}
