import type { AttachmentDetails } from './details.ts'

/** What a browser may show by itself: pictures, sound and films that can hold no script. HTML, SVG and PDF are not among them. */
const INLINE_TYPES: ReadonlySet<string> = new Set([
  'image/avif',
  'image/bmp',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
  'audio/aac',
  'audio/flac',
  'audio/mp4',
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
  'audio/webm',
  'video/mp4',
  'video/ogg',
  'video/quicktime',
  'video/webm',
])

/** The Content-Disposition of a file (A5), the name for old readers and in full (RFC 6266). */
export function contentDisposition({ name, type }: AttachmentDetails): string {
  const essence = type.split(';', 1)[0]?.trim() ?? ''
  const safe = safeName(name)
  // Without runs of blanks: storages do not agree on how those are signed.
  const plain = safe.replace(/[^\w.() -]/g, '_').replace(/ +/g, ' ')
  return `${INLINE_TYPES.has(essence) ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded(safe)}`
}

/** No path, and nothing that turns the direction of the text: "gpj.exe" is not to look like "exe.jpg". */
function safeName(name: string): string {
  return name.replace(/[/\\\u202a-\u202e\u2066-\u2069]/g, '_')
}

/** RFC 8187. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
