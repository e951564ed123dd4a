import type { Env } from '../env/env.ts'
import { Refusal } from '../env/refusal.ts'
import { DRAIN_PATH } from '../env/shard-request.ts'
import { everyShard } from './shard-names.ts'

/** `POST /drain`: tells every browser that the edge is going, which a runtime that is ended would not. Only outside Cloudflare. */
export async function drain(request: Request, env: Env): Promise<Response> {
  if (!env.DRAIN_KEY || request.headers.get('authorization') !== `Bearer ${env.DRAIN_KEY}`) {
    throw new Refusal(404, 'not_found', 'There is no such thing here.')
  }
  await Promise.all(everyShard(env).map((shard) => shard.fetch(`http://shard${DRAIN_PATH}`)))
  return new Response(null, { status: 204 })
}
