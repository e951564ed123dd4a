/** Files beside messages (docs/PROTOCOL.md, "Attachments"): apart from the connection, by HTTP at the edge. */
import { folderOf } from './edge-folder.ts'
import type { TokenSource } from './options.ts'
import { type PutFile, putFile } from './put-file.ts'

/** The content type of a message that names an attachment (A6). */
export const ATTACHMENT_CONTENT_TYPE = 'application/vnd.hawser.attachment+json'

/** A file that was uploaded, as `attachmentMessage` names it in a message. */
export interface Attachment {
  /** Whoever knows it, and may log in, may have the file (A4). */
  readonly id: string
  /** The name that its uploader gave the file, 1 to 255 bytes: for display only. */
  readonly name: string
  /** In bytes; at most 25 MiB by default. */
  readonly size: number
  /** Its media type, as its uploader says: for display only (A5). At most 128 bytes. */
  readonly type: string
}

/** An attachment as a message tells of it. */
export interface AttachmentContent extends Attachment {
  /** Of a picture or a film, in pixels; undefined where it is not known. */
  readonly width?: number | undefined
  /** Of a picture or a film, in pixels; undefined where it is not known. */
  readonly height?: number | undefined
  /** What the sender writes under it. */
  readonly caption?: string | undefined
}

/** What `uploadAttachment` is to upload, and where. */
export interface Upload {
  /** The address of the edge, as for `connect`: `wss://chat.example.com/ws`, also below a path (`https://example.com/chat/ws`). */
  readonly edge: URL | string
  /** As for `connect`. */
  readonly token: TokenSource
  /** The bytes themselves; 0 to 25 MiB by default. */
  readonly file: Blob | Uint8Array<ArrayBuffer>
  /** The name of the file, 1 to 255 bytes without control characters. */
  readonly name: string
  /** Its media type, at most 128 bytes; `application/octet-stream` where nothing is given. */
  readonly type?: string | undefined
  /** Bytes that have left so far. Without XMLHttpRequest (in Node) it is told the end only. */
  readonly onProgress?: ((sent: number, total: number) => void) | undefined
  /** Aborts the upload; `uploadAttachment` then rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** What the edge, or the storage behind it, answered instead of what was asked. */
export class AttachmentError extends Error {
  override readonly name = 'AttachmentError'
  /** The HTTP status. */
  readonly status: number
  /** Stable, as in docs/PROTOCOL.md (A7); `storage_refused` where a storage gave no such code. */
  readonly code: string

  /** `status` is the HTTP status, `code` a stable code (A7), `message` a sentence for people. */
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/**
 * Uploads a file to the edge. Nothing is sent to anybody by that: `attachmentMessage` makes the message that does it.
 * It is not tried again: after a failure, upload anew.
 * Rejects with AttachmentError (its `code` is, for example, `attachment_too_large`, `quota_exceeded`,
 * `upload_stalled` or `token_invalid`), with TypeError where the network failed, and with the signal's reason.
 */
export async function uploadAttachment(upload: Upload): Promise<Attachment> {
  const { edge, file, name, signal } = upload
  const size = file instanceof Uint8Array ? file.byteLength : file.size
  const details = { name, size, type: upload.type || 'application/octet-stream' }
  const grant = await post<Grant>(edge, 'attachments', upload.token, details, signal)
  const request: PutFile = { ...grant, url: new URL(grant.uploadUrl, folderOf(edge)), file, signal, onProgress: upload.onProgress }
  const { status, body } = await putFile(request)
  if (status < 200 || status > 299) throw refusalOf(status, body)
  return { id: grant.id, name, size, type: grant.type }
}

/**
 * A link to the file that needs no token, for `<img src>` and downloads. It holds for half an hour at least and an
 * hour at most: ask for another when `expiresAt` (milliseconds since 1970) has come. Rejects with AttachmentError,
 * with TypeError where the network failed, and with the signal's reason.
 */
export async function attachmentUrl(of: {
  readonly edge: URL | string
  readonly token: TokenSource
  readonly id: string
  readonly signal?: AbortSignal | undefined
}): Promise<{ url: string; expiresAt: number }> {
  const path = `attachments/${encodeURIComponent(of.id)}/url`
  const { url, expiresAt } = await post<{ url: string; expiresAt: number }>(of.edge, path, of.token, undefined, of.signal)
  return { url: new URL(url, folderOf(of.edge)).href, expiresAt }
}

/** The content that names an attachment, for `client.send`. */
export function attachmentMessage(attachment: AttachmentContent): { contentType: string; content: Uint8Array } {
  const { id, name, size, type, width, height, caption } = attachment
  const json = JSON.stringify({ id, name, size, type, width, height, caption })
  return { contentType: ATTACHMENT_CONTENT_TYPE, content: new TextEncoder().encode(json) }
}

/** The attachment that a message names; undefined where it names none, or not rightly: it is another user's word. */
export function attachmentOf(message: { readonly contentType: string; readonly content: Uint8Array }): AttachmentContent | undefined {
  if (message.contentType !== ATTACHMENT_CONTENT_TYPE) return undefined
  const { id, name, size, type, width, height, caption } = parse(new TextDecoder().decode(message.content))
  if (typeof id !== 'string' || typeof name !== 'string' || typeof type !== 'string' || !isCount(size)) return undefined
  return {
    id,
    name,
    size,
    type,
    width: isCount(width) ? width : undefined,
    height: isCount(height) ? height : undefined,
    caption: typeof caption === 'string' ? caption : undefined,
  }
}

/** What `POST /attachments` answers (A1). */
interface Grant {
  readonly id: string
  readonly type: string
  readonly uploadUrl: string
  readonly uploadMethod: string
  readonly headers: Readonly<Record<string, string>>
}

async function post<T>(edge: URL | string, path: string, token: TokenSource, body: object | undefined, signal?: AbortSignal): Promise<T> {
  const authorization = `Bearer ${typeof token === 'function' ? await token() : token}`
  const response = await fetch(new URL(path, folderOf(edge)), {
    method: 'POST',
    headers: body ? { authorization, 'content-type': 'application/json' } : { authorization },
    body: body ? JSON.stringify(body) : null,
    signal: signal ?? null,
  })
  const text = await response.text()
  if (!response.ok) throw refusalOf(response.status, text)
  return JSON.parse(text) as T
}

function refusalOf(status: number, body: string): AttachmentError {
  const { code, message } = parse(body)
  if (typeof code === 'string' && typeof message === 'string') return new AttachmentError(status, code, message)
  return new AttachmentError(status, 'storage_refused', `The storage answered HTTP ${status}.`)
}

function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
