import { hex } from './hex.ts'

/** AWS Signature Version 4, as S3 and those compatible with it take it. */

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly service: 's3'
}

export interface AwsRequest {
  readonly method: string
  /** Its path and query are signed as they are written here. */
  readonly url: URL
  /** All that are signed, `host` among them, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`. */
  readonly payload: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'
const utf8 = new TextEncoder()

/**
 * The address by which anyone can make this request, with those headers, for some seconds from
 * `at` (milliseconds since 1970). The body is anything of the length that a signed `content-length` says.
 */
export async function presignedUrl(
  request: Omit<AwsRequest, 'payload'>,
  credentials: AwsCredentials,
  at: number,
  expiresInSeconds: number,
): Promise<string> {
  const headers = { ...request.headers, host: request.url.host }
  const query: Readonly<Record<string, string>> = {
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${credentials.accessKeyId}/${scopeOf(credentials, timestamp(at))}`,
    'X-Amz-Date': timestamp(at),
    'X-Amz-Expires': String(expiresInSeconds),
    'X-Amz-SignedHeaders': signedNames(headers),
  }
  const url = new URL(request.url)
  url.search = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  const signature = await awsSignature({ ...request, url, headers, payload: 'UNSIGNED-PAYLOAD' }, credentials, timestamp(at))
  return `${url.href}&X-Amz-Signature=${signature}`
}

/** The signature in hex; `time` as YYYYMMDDTHHMMSSZ. */
export async function awsSignature(request: AwsRequest, credentials: AwsCredentials, time: string): Promise<string> {
  const { method, url, headers, payload } = request
  const query = url.search.slice(1).split('&').sort().join('&')
  const lines = Object.entries(headers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
  const canonical = [method, url.pathname, query, lines.join(''), signedNames(headers), payload].join('\n')
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8.encode(canonical)))
  const toSign = [ALGORITHM, time, scopeOf(credentials, time), hex(digest)].join('\n')
  return hex(await hmac(await signingKey(credentials, time.slice(0, 8)), toSign))
}

async function signingKey({ secretAccessKey, region, service }: AwsCredentials, day: string): Promise<Uint8Array<ArrayBuffer>> {
  let key = new Uint8Array(utf8.encode(`AWS4${secretAccessKey}`))
  for (const part of [day, region, service, 'aws4_request']) key = await hmac(key, part)
  return key
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, utf8.encode(text)))
}

function scopeOf({ region, service }: AwsCredentials, time: string): string {
  return `${time.slice(0, 8)}/${region}/${service}/aws4_request`
}

function signedNames(headers: AwsRequest['headers']): string {
  return Object.keys(headers).sort().join(';')
}

function timestamp(at: number): string {
  return new Date(at).toISOString().replace(/[:-]|\.\d+/g, '')
}
