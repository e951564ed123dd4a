import type { Settings } from '../env/env.ts'
import { Refusal } from '../env/refusal.ts'

/** D2: pages of other sites may not speak for their visitors. A request without an Origin is no page's and passes. Throws Refusal. */
export function checkOrigin(request: Request, env: Settings): void {
  const origin = request.headers.get('origin')
  if (origin === null || isAllowedOrigin(origin, request.url, env)) return
  throw new Refusal(403, 'origin_refused', `The origin ${JSON.stringify(origin)} may not connect; ALLOWED_ORIGINS names those that may.`)
}

export function isAllowedOrigin(origin: string, url: string, env: Settings): boolean {
  if (URL.canParse(origin) && new URL(origin).host === new URL(url).host) return true
  return (env.ALLOWED_ORIGINS ?? '').split(',').some((allowed) => allowed.trim() === origin)
}
