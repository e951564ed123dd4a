/** What a client reads in its user's token; the server checks it. */
export interface TokenClaims {
  /** The user id; undefined if the token is none that says so. */
  readonly user: string | undefined
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined
}

export function claimsOf(token: string): TokenClaims {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
    const { sub, exp } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown; exp?: unknown }
    return { user: typeof sub === 'string' ? sub : undefined, expiresAt: typeof exp === 'number' ? exp * 1000 : undefined }
  } catch {
    return { user: undefined, expiresAt: undefined }
  }
}
