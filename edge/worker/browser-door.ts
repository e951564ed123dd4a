import { parseSubprotocols, SUBPROTOCOL } from '../../shared/subprotocol.ts'
import type { Env } from '../env/env.ts'
import { Refusal, upgradeRequired } from '../env/refusal.ts'
import { isUpgrade, ShardHeader, shardRequest } from '../env/shard-request.ts'
import { checkOrigin } from './origin.ts'
import { refusalOf, refuseSocket } from './refuse-socket.ts'
import { remoteAddress } from './remote-address.ts'
import { shardOfUser } from './shard-names.ts'
import { verifyUserToken } from './user-token.ts'

/** `GET /ws`: checks a browser's upgrade (D1, D2) and hands it to the shard of its user. */
export async function openBrowser(request: Request, env: Env): Promise<Response> {
  if (!isUpgrade(request)) throw upgradeRequired('/ws is a WebSocket.')
  const { offered, token } = parseSubprotocols(request.headers.get('sec-websocket-protocol'))
  if (!offered) throw new Refusal(400, 'subprotocol_missing', `The upgrade does not offer the subprotocol "${SUBPROTOCOL}".`)
  try {
    const response = await openAtShard(request, env, token)
    return response.status === 101 ? response : refuseSocket(await refusalOf(response))
  } catch (cause) {
    return refuseSocket(cause)
  }
}

async function openAtShard(request: Request, env: Env, token: string | undefined): Promise<Response> {
  checkOrigin(request, env)
  const address = remoteAddress(request, env)
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
