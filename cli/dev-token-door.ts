import { type ServerType, serve } from '@hono/node-server'
import { Hono } from 'hono'
import { userIdFault } from '../shared/conversation-id.ts'
import { TOKEN_LIFETIME_MS, type TokenSigner } from './dev-keys.ts'

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/

/**
 * Gives a token for any name that is asked for: for the page on a developer's own machine and
 * nobody else. A page from elsewhere is refused by its Origin, and by Host one whose name was
 * made to point here (DNS rebinding).
 */
export function devTokenApp(sign: TokenSigner): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    const origin = c.req.header('origin')
    if (!isLoopback(`http://${c.req.header('host') ?? ''}`) || (origin !== undefined && !isLoopback(origin))) {
      return c.json({ code: 'forbidden', message: 'Tokens are given on this machine only.' }, 403)
    }
    return next()
  })
  app.post('/dev/token', async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined)
    const user = typeof body === 'object' && body !== null && 'user' in body ? body.user : undefined
    const fault = typeof user === 'string' ? userIdFault(user) : 'is no text'
    if (typeof user !== 'string' || fault) return c.json({ code: 'field_invalid', message: `"user" ${fault}.` }, 400)
    return c.json(await sign(user, TOKEN_LIFETIME_MS))
  })
  return app
}

export interface DevTokenDoor {
  /** `host:port` */
  readonly address: string
  close(): void
}

/** Opens the door on a free loopback port. */
export function openDevTokenDoor(sign: TokenSigner): Promise<DevTokenDoor> {
  return new Promise((resolve) => {
    const server: ServerType = serve({ fetch: devTokenApp(sign).fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
      resolve({ address: `127.0.0.1:${port}`, close: () => server.close() }),
    )
  })
}

function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname)
}
