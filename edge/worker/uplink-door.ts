import { UPLINK_SUBPROTOCOL } from '../../shared/uplink.ts'
import type { Env } from '../env/env.ts'
import { Refusal, upgradeRequired } from '../env/refusal.ts'
import { isUpgrade, ShardHeader, shardRequest } from '../env/shard-request.ts'
import { shardOfName } from './shard-names.ts'
import { verifyUplinkToken } from './uplink-token.ts'

/** `GET /uplink/<shard>`: checks a core's token (U1) and hands its upgrade to that shard. */
export async function openUplink(request: Request, env: Env, shard: string): Promise<Response> {
  if (!isUpgrade(request)) throw upgradeRequired('/uplink/<shard> is a WebSocket.')
  const offered = (request.headers.get('sec-websocket-protocol') ?? '').split(',').map((entry) => entry.trim())
  if (!offered.includes(UPLINK_SUBPROTOCOL)) {
    throw new Refusal(400, 'subprotocol_missing', `The upgrade does not offer the subprotocol "${UPLINK_SUBPROTOCOL}".`)
  }
  const stub = shardOfName(env, shard)
  if (!stub) throw new Refusal(404, 'shard_unknown', `There is no shard "${shard}".`)
  const { coreId, tokenId, acceptableUntil } = await verifyUplinkToken(request.headers.get('authorization'), shard, env)
  return stub.fetch(
    shardRequest(request, UPLINK_SUBPROTOCOL, {
      [ShardHeader.SHARD]: shard,
      [ShardHeader.CORE]: encodeURIComponent(coreId),
      [ShardHeader.TOKEN_ID]: tokenId,
      [ShardHeader.EXPIRES_AT]: String(acceptableUntil),
    }),
  )
}
