import { EDGE_FOLDER } from './edge-folder.ts'

/** The server hands out no tokens by name: it is not in its developer mode. */
export class NoTokensByName extends Error {
  override readonly name = 'NoTokensByName'
  constructor() {
    super('This server gives no tokens by name.')
  }
}

/** No answer of use: the same may succeed once the server is back. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable'
  constructor(options?: ErrorOptions) {
    super('The server cannot be reached. Check your connection and try again.', options)
  }
}

/** A fresh token for a name, from a server in developer mode. */
export async function tokenFor(user: string): Promise<string> {
  const response = await fetch(new URL('dev/token', EDGE_FOLDER), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user }),
  }).catch((cause: unknown) => {
    throw new ServerUnreachable({ cause })
  })
  if (response.status === 404) throw new NoTokensByName()
  if (response.status >= 500) throw new ServerUnreachable()
  const answer = (await response.json().catch(() => ({}))) as { token?: string; message?: string }
  if (!answer.token) throw new Error(answer.message ?? 'The server did not sign you in. Try again in a moment.')
  return answer.token
}

export interface Claims {
  /** The user id. */
  readonly sub: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Reads a pasted token's claims; only the server checks its signature (docs/PROTOCOL.md, L2). */
export function claimsOf(token: string): Claims {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1]
  if (payload === undefined) throw new Error('This is not an access token. Copy all of it, and nothing else.')
  let claims: { sub?: unknown; exp?: unknown }
  try {
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/')
    claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))))
  } catch (cause) {
    throw new Error('This is not an access token, or not all of it. Copy it anew.', { cause })
  }
  if (typeof claims.sub !== 'string') throw new Error('The token names no user. Ask for another where you have it from.')
  if (typeof claims.exp !== 'number')
    throw new Error('The token has no end, so the server does not take it. Ask for another where you have it from.')
  const expiresAt = claims.exp * 1000
  if (expiresAt <= Date.now()) throw new Error('The token has expired. Ask for a new one where you have it from.')
  return { sub: claims.sub, expiresAt }
}
