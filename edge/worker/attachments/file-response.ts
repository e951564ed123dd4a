import { Refusal } from '../../env/refusal.ts'
import { attachmentUnknown } from './attachment-id.ts'
import { parseRange } from './byte-range.ts'
import { contentDisposition } from './content-disposition.ts'
import type { FileStore } from './store.ts'

/** What an id names never changes (A2). */
export const FILE_CACHE_CONTROL = 'private, max-age=31536000, immutable'
/** Should a browser open the file as a page all the same, it runs nothing and is of no origin (A5). */
const CONTENT_SECURITY_POLICY =
  "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

/** Answers a GET or HEAD of a file, or of a part of it. Throws Refusal. */
export async function fileResponse(request: Request, files: FileStore, id: string): Promise<Response> {
  const details = await files.find(id)
  if (!details) throw attachmentUnknown()
  const etag = `"${id}"`
  const headers = new Headers({
    'content-type': details.type,
    'content-disposition': contentDisposition(details),
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'cache-control': FILE_CACHE_CONTROL,
    'accept-ranges': 'bytes',
    etag,
  })
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  const range = parseRange(rangeOf(request.headers, etag), details.size)
  if (range === null) {
    throw new Refusal(416, 'range_unsatisfiable', `The attachment has ${details.size} bytes, and none of the range.`, {
      headers: { 'content-range': `bytes */${details.size}` },
    })
  }
  headers.set('content-length', String(range?.length ?? details.size))
  if (range) headers.set('content-range', `bytes ${range.offset}-${range.offset + range.length - 1}/${details.size}`)
  const body = request.method === 'HEAD' || details.size === 0 ? null : await files.read(id, range)
  return new Response(body, { status: range ? 206 : 200, headers })
}

/** With If-Range a part is wanted only of the very file that the client has begun with. */
function rangeOf(headers: Headers, etag: string): string | undefined {
  const ifRange = headers.get('if-range')
  return ifRange === null || ifRange === etag ? (headers.get('range') ?? undefined) : undefined
}
