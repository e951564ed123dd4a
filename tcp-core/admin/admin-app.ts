import { createHash, timingSafeEqual } from 'node:crypto'
import { isAbsolute } from 'node:path'
import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { accessRules } from '../limits/access-list.ts'
import { parseNetworks } from '../limits/ip-address.ts'
import { endRefused } from '../login/end-refused.ts'
import { endTickets } from '../login/end-tickets.ts'
import type { Session } from '../sessions/session.ts'
import { TRANSPORT_KINDS } from '../transports/transport.ts'
import type { UplinkView } from '../uplink/dialer.ts'
import type { AdminParts } from './admin-parts.ts'
import { broadcastRoute } from './broadcast-route.ts'
import { groupsRoute } from './groups-route.ts'
import { remark, userName } from './names.ts'
import { sessionView } from './session-view.ts'
import { traceView } from './trace-view.ts'

const sessionFilter = z.object({
  user: userName.optional(),
  transport: z.enum(TRANSPORT_KINDS).optional(),
  /** An address or a network. */
  address: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100_000).default(1000),
})
const kickBody = z.union([z.strictObject({ session: z.string() }), z.strictObject({ user: userName })])
const backupBody = z.strictObject({ path: z.string().refine(isAbsolute, 'is an absolute path on the machine of the core') })
const banBody = z.strictObject({
  subject: z.string().min(1),
  seconds: z
    .number()
    .positive()
    .max(10 * 365 * 86_400),
  reason: remark.default(''),
})

/** Before the user that a ban names. */
const USER = 'user:'

/** The operator's HTTP door: all but /healthz want the admin key as a Bearer token. */
export function adminApp(parts: AdminParts, key: string, uplinks: () => readonly UplinkView[]): Hono {
  const app = new Hono()
  const keyed = requireKey(key)

  app.onError((error, context) => {
    if (error instanceof z.ZodError) return context.json({ error: z.prettifyError(error) }, 400)
    if (error instanceof HTTPException) return context.json({ error: error.message }, error.status)
    if (error instanceof SyntaxError) return context.json({ error: 'the body is no JSON' }, 400)
    parts.logger.error({ err: error }, 'admin request failed')
    return context.json({ error: 'internal error' }, 500)
  })
  app.notFound((context) => context.json({ error: 'no such thing here' }, 404))

  app.get('/healthz', (context) => {
    const { fault } = parts.log
    const { sessionCount: sessions, userCount: users } = parts.registry
    return context.json({ ok: fault === undefined, sessions, users, storage: fault ?? 'ok' }, fault ? 503 : 200)
  })
  app.use(keyed)
  app.get('/metrics', async (context) => context.text(await parts.metrics.text()))

  app.get('/sessions', (context) => {
    const filter = sessionFilter.parse(context.req.query())
    const found = [...matching(parts, filter)]
    return context.json({ total: found.length, sessions: found.slice(0, filter.limit).map(sessionView) })
  })

  app.get('/edge', (context) => context.json({ edge: parts.config.edge, uplinks: uplinks() }))

  app.post('/kick', async (context) => {
    const target = kickBody.parse(await context.req.json())
    const sessions =
      'session' in target ? [parts.registry.session(target.session)] : [...(parts.registry.user(target.user)?.sessions ?? [])]
    const kicked = sessions.filter((session) => session !== undefined)
    for (const session of kicked) session.connection.close('kicked')
    // Also where none is online: who comes back by a ticket would pass as not kicked.
    if ('user' in target) endTickets(parts, target.user)
    return context.json({ kicked: kicked.map(({ id }) => id) })
  })

  app.route('/broadcast', broadcastRoute(parts))
  app.route('/groups', groupsRoute(parts))

  app.get('/bans', (context) => context.json({ bans: parts.access.bans }))
  app.post('/bans', async (context) => {
    const { subject, seconds, reason } = banBody.parse(await context.req.json())
    if (subject.startsWith(USER)) userName.parse(subject.slice(USER.length))
    else checkNetworks([subject])
    parts.access.addBan({ subject, until: parts.clock.now() + seconds * 1000, reason })
    const ended = endRefused(parts)
    if (subject.startsWith(USER)) endTickets(parts, subject.slice(USER.length))
    return saved(context, parts, { bans: parts.access.bans, ended })
  })
  app.delete('/bans/:subject', (context) => {
    const lifted = parts.access.liftBan(context.req.param('subject'))
    return lifted ? saved(context, parts, { lifted }) : context.json({ lifted }, 404)
  })

  app.post('/backup', async (context) => {
    const { path } = backupBody.parse(await context.req.json())
    return context.json(await parts.log.backup(path).catch(failure('there is no backup')))
  })
  app.post('/verify', async (context) => context.json(await parts.log.verify().catch(failure('the log cannot be checked'))))

  app.get('/trace/:messageId', async (context) => {
    const messageId = context.req.param('messageId')
    const view = await traceView(parts, messageId)
    return view ? context.json(view) : context.json({ error: `there is no message ${messageId}` }, 404)
  })

  app.get('/access', (context) => context.json(parts.access.rules))
  app.put('/access', async (context) => {
    parts.access.setRules(accessRules.parse(await context.req.json()))
    return saved(context, parts, { ...parts.access.rules, ended: endRefused(parts) })
  })
  return app
}

/** What was done holds in any case; where the disk did not take it, the operator must know that a restart would forget it. */
function saved(context: Context, parts: AdminParts, done: object): Response {
  if (parts.access.isSaved) return context.json(done)
  const error = 'it holds, but the disk did not take it: until it does (it is tried every few seconds), a restart of the core forgets it'
  return context.json({ error, ...done }, 503)
}

/** What went wrong with the log is for the operator to read. */
function failure(what: string) {
  return (cause: Error & { code?: string }): never => {
    throw new HTTPException(cause.code === 'EEXIST' ? 409 : 500, { message: `${what}: ${cause.message}`, cause })
  }
}

/** Compares digests, which have one length, in constant time. */
function requireKey(key: string) {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const right = digest(`Bearer ${key}`)
  return createMiddleware(async (context, next) => {
    if (!timingSafeEqual(digest(context.req.header('authorization') ?? ''), right)) {
      return context.json({ error: 'the admin key is missing or wrong: send it as a Bearer token' }, 401)
    }
    await next()
  })
}

function* matching(parts: AdminParts, filter: z.output<typeof sessionFilter>): Generator<Session> {
  const networks = filter.address === undefined ? undefined : checkNetworks([filter.address])
  const candidates = filter.user === undefined ? parts.registry.sessions() : (parts.registry.user(filter.user)?.sessions ?? [])
  for (const session of candidates) {
    const { kind, remoteAddress } = session.connection.transport
    if (filter.transport !== undefined && filter.transport !== kind) continue
    if (networks !== undefined && !networks.check(remoteAddress, remoteAddress.includes(':') ? 'ipv6' : 'ipv4')) continue
    yield session
  }
}

function checkNetworks(entries: string[]) {
  try {
    return parseNetworks(entries)
  } catch (error) {
    throw new HTTPException(400, { message: (error as Error).message })
  }
}
