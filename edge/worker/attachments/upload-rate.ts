import type { Env } from '../../env/env.ts'
import { limitSetting } from '../../env/limit-setting.ts'
import { Refusal } from '../../env/refusal.ts'
import { ConnectRate } from '../../shard/connect-rate.ts'

const PER_USER = 120

/** That of this isolate: on one machine all there is, on Cloudflare one of many, and the platform's limiter counts for them all. */
let cached: { readonly limit: number; readonly rate: ConnectRate } | undefined

/** Counts an upload that a user begins. Throws Refusal if that is one too many in this minute. */
export async function countUpload(user: string, env: Env): Promise<void> {
  const limit = limitSetting(env, 'UPLOADS_PER_USER', PER_USER)
  if (cached?.limit !== limit) cached = { limit, rate: new ConnectRate(limit) }
  const within = cached.rate.count(user, Date.now()) && ((await env.CONNECT_LIMITER?.limit({ key: `upload/${user}` }))?.success ?? true)
  if (!within) throw new Refusal(429, 'rate_exceeded', 'The user begins too many uploads.')
}
