import { Refusal } from '../../env/refusal.ts'
import { hex } from './hex.ts'

/** Of 128 random bits: an id is all that it takes to get the file, besides a token (A4). */
export function newAttachmentId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)))
}

/** An id is also the name that the storage knows the file by, so nothing else may pass for one. Throws Refusal. */
export function checkAttachmentId(id: string): string {
  if (!/^[0-9a-f]{32}$/.test(id)) throw attachmentUnknown()
  return id
}

export function attachmentUnknown(): Refusal {
  return new Refusal(404, 'attachment_unknown', 'There is no such attachment.')
}
