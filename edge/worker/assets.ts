import { HASHED_CACHE_CONTROL, HASHED_PATH, PAGE_HEADERS } from '../env/safe-headers.ts'

/**
 * Serves the web page outside Cloudflare, where nothing else stands behind the ASSETS
 * binding: workerd's disk service gives bytes, this gives them their types.
 */
interface Env {
  /** workerd's disk service over the built page. */
  readonly FILES: Fetcher
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  woff2: 'font/woff2',
}

export default {
  async fetch(request: Request, { FILES }: Env): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response('Method not allowed\n', { status: 405, headers: { ...PAGE_HEADERS, allow: 'GET, HEAD' } })
    }
    const { pathname } = new URL(request.url)
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)]
    // A file without a known type is not of the page; a folder, which the disk service would list, has none either.
    if (!type) return notFound()
    const file = await FILES.fetch(new URL(path, 'http://files'), { method: request.method })
    if (!file.ok) return notFound()
    const etag = `W/"${file.headers.get('content-length')}-${Date.parse(file.headers.get('last-modified') ?? '')}"`
    const isHashed = path.startsWith(HASHED_PATH)
    const headers = { ...PAGE_HEADERS, 'content-type': type, etag, ...(isHashed && { 'cache-control': HASHED_CACHE_CONTROL }) }
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
    return new Response(file.body, { headers })
  },
} satisfies ExportedHandler<Env>

function notFound(): Response {
  return new Response('Not found\n', { status: 404, headers: PAGE_HEADERS })
}
