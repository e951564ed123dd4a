import { parseSubprotocols, SUBPROTOCOL } from '../shared/subprotocol.ts'
import type { Env } from './env.ts'
import { checkOrigin } from './origin.ts'
import { Refusal, upgradeRequired } from './refusal.ts'
import { shardOfUser } from './shard-names.ts'
import { isUpgrade, ShardHeader, shardRequest } from './shard-request.ts'
import { verifyUserToken } from './user-token.ts'

/** `GET /ws`: checks a browser's upgrade (D1, D2) and hands it to the shard of its user. */
export async function openBrowser(request: Request, env: Env): Promise<Response> {
  if (!isUpgrade(request)) throw upgradeRequired('/ws is a WebSocket.')
  const { offered, token } = parseSubprotocols(request.headers.get('sec-websocket-protocol'))
  if (!offered) throw new Refusal(400, 'subprotocol_missing', `The upgrade does not offer the subprotocol "${SUBPROTOCOL}".`)
  checkOrigin(request, env)
  const address = remoteAddress(request)
  if (env.CONNECT_LIMITER && !(await env.CONNECT_LIMITER.limit({ key: address })).success) {
    throw new Refusal(429, 'rate_exceeded', 'Too many connections from this address.')
  }
  const { userId, expiresAt } = await verifyUserToken(token, env)
  return shardOfUser(env, userId, request).fetch(
    shardRequest(request, SUBPROTOCOL, {
      [ShardHeader.USER]: encodeURIComponent(userId),
      [ShardHeader.EXPIRES_AT]: String(expiresAt),
      [ShardHeader.REMOTE]: address,
    }),
  )
}

/**
 * The browser's own address. workerd outside Cloudflare puts the peer of the TCP connection
 * into `request.cf.clientIp`, with its port, and there anyone can send CF-Connecting-IP; on
 * Cloudflare there is no such field and the header is Cloudflare's own.
 */
function remoteAddress(request: Request): string {
  const peer = request.cf?.clientIp
  if (typeof peer === 'string') return peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return request.headers.get('cf-connecting-ip') ?? ''
}
