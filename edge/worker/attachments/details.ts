import { textFault } from '../../../shared/characters.ts'
import { Refusal } from '../../env/refusal.ts'

/** What an attachment is besides its bytes. */
export interface AttachmentDetails {
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** Its media type, lower case but for what follows a semicolon. */
  readonly type: string
}

const MAX_NAME_BYTES = 255
const MAX_TYPE_LENGTH = 128
const TOKEN = "[\\w!#$%&'*+.^`|~-]+"
/** RFC 9110, 8.3.1. */
const MEDIA_TYPE = new RegExp(`^(${TOKEN}/${TOKEN})((?: ?; ?${TOKEN}=(?:${TOKEN}|"[\\w !#-\\[\\]-~]*"))*)$`)

/** Reads what a client says of the file that it wants to upload (A1). Throws Refusal. */
export function parseDetails(json: unknown, maxBytes: number): AttachmentDetails {
  const { name, size, type } = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || !isName(name)) {
    throw invalid(`"name" is 1 to ${MAX_NAME_BYTES} bytes of text without control characters and such as turn its direction.`)
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw invalid('"size" is a whole number of bytes.')
  if (size > maxBytes) {
    throw new Refusal(413, 'attachment_too_large', `An attachment has up to ${maxBytes} bytes; this one has ${size}.`)
  }
  return { name, size, type: parseType(type) }
}

function isName(name: string): boolean {
  return textFault(name, 'text', { min: 1, max: MAX_NAME_BYTES }) === undefined
}

function parseType(type: unknown): string {
  if (typeof type !== 'string' || type.length > MAX_TYPE_LENGTH) throw invalid(`"type" is a media type of up to ${MAX_TYPE_LENGTH} bytes.`)
  const [, essence, parameters = ''] = MEDIA_TYPE.exec(type) ?? []
  if (essence === undefined) throw invalid(`"type" is ${JSON.stringify(type)}, which is no media type.`)
  return essence.toLowerCase() + parameters
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'field_invalid', message)
}
