import type { MiddlewareHandler } from 'hono'

/** For every answer of the edge but an upgrade's: no browser guesses a type, frames it, or tells others where it came from. */
const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** For answers that are no page: should a browser show one, it loads and runs nothing. They are about one moment. */
export const API_HEADERS: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

/**
 * For the files of the page. `https:` and `wss:` because attachments may lie at a storage of their own,
 * and because older browsers do not count a WebSocket as the page's own origin.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: https:",
    "connect-src 'self' https: wss:",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
}

/** Files with their hash in their name never change; the others are asked for anew, so that what belongs together stays together. */
export const HASHED_PATH = '/chunks/'
export const HASHED_CACHE_CONTROL = 'public, max-age=31536000, immutable'

/** What Cloudflare reads as the headers of assets, which go past the Worker. */
export function headersFile(): string {
  const lines = Object.entries(PAGE_HEADERS).map(([name, value]) => `  ${name}: ${value}`)
  return `/*\n${lines.join('\n')}\n\n${HASHED_PATH}*\n  ! cache-control\n  cache-control: ${HASHED_CACHE_CONTROL}\n`
}

/** Adds to an answer those that it does not have. Not for upgrades: a 101 is passed on untouched. */
export const safeHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  const response = new Response(c.res.body, c.res)
  for (const [name, value] of Object.entries(API_HEADERS)) if (!response.headers.has(name)) response.headers.set(name, value)
  c.res = response
}
