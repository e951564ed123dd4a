import { forwardedAddress, networkMatcher, plainIp } from '../../shared/ip-networks.ts'
import type { Settings } from '../env/env.ts'
import { Refusal } from '../env/refusal.ts'

let cached: { readonly setting: string; readonly isTrusted: (address: string) => boolean } | undefined

/**
 * The browser's own address. workerd outside Cloudflare puts the peer of the TCP connection
 * into `request.cf.clientIp`, with its port, and there anyone can send CF-Connecting-IP; where
 * the peer is one of TRUSTED_PROXIES, its X-Forwarded-For says whose request it is. On
 * Cloudflare there is no such field and the header CF-Connecting-IP is Cloudflare's own.
 * Throws Refusal.
 */
export function remoteAddress(request: Request, env: Settings): string {
  const peer = request.cf?.clientIp
  if (typeof peer !== 'string') return request.headers.get('cf-connecting-ip') ?? ''
  return forwardedAddress(plainIp(peer) ?? '', request.headers.get('x-forwarded-for'), trustedProxies(env))
}

function trustedProxies({ TRUSTED_PROXIES: setting = '' }: Settings): (address: string) => boolean {
  if (cached?.setting !== setting) {
    const entries = setting
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean)
    try {
      cached = { setting, isTrusted: networkMatcher(entries) }
    } catch (cause) {
      throw new Refusal(503, 'not_configured', `TRUSTED_PROXIES is wrong: ${(cause as Error).message}.`, { cause })
    }
  }
  return cached.isTrusted
}
