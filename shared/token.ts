import { createLocalJWKSet, createRemoteJWKSet, errors, importJWK, importSPKI, type JWK, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { userIdFault } from './conversation-id.ts'
import { CloseError } from './errors.ts'

/** The algorithms a public key may stand for; the key decides, never the token's header. */
const PUBLIC_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const
const CLOCK_SKEW_SECONDS = 5
/** Bytes an HS256 secret has at least: as many as the hash puts out (RFC 7518, 3.2). */
export const MIN_SECRET_BYTES = 32

/** Where the key that signs users' tokens comes from. */
export type TokenKey =
  | { readonly kind: 'public-key'; readonly pemOrJwk: string }
  | { readonly kind: 'jwks'; readonly url: string }
  | { readonly kind: 'secret'; readonly secret: string }

export interface TokenRules {
  readonly key: TokenKey
  readonly issuer: string
  readonly audience: string
}

/** What an accepted token says. */
export interface Identity {
  readonly userId: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export type TokenVerifier = (token: string) => Promise<Identity>

/**
 * Makes the function that checks users' tokens, on the core and at the edge alike: signature,
 * algorithm, issuer, audience, expiry and a valid user id in `sub`. It throws CloseError
 * `token_expired`, `token_invalid`, or `overloaded` where a JWKS cannot be fetched.
 * Throws at once if the key itself is unusable.
 */
export async function createTokenVerifier(rules: TokenRules): Promise<TokenVerifier> {
  const { getKey, algorithms } = await loadKey(rules.key)
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, getKey, {
        algorithms: [...algorithms],
        issuer: rules.issuer,
        audience: rules.audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_SKEW_SECONDS,
      })
      const userId = payload.sub as string
      const fault = userIdFault(userId)
      if (fault) throw new CloseError('token_invalid', `The token's "sub" ${fault}.`)
      return { userId, expiresAt: (payload.exp as number) * 1000 }
    } catch (cause) {
      throw tokenError(cause)
    }
  }
}

async function loadKey(key: TokenKey): Promise<{ getKey: JWTVerifyGetKey; algorithms: readonly string[] }> {
  switch (key.kind) {
    case 'secret': {
      const secret = new TextEncoder().encode(key.secret)
      if (secret.length < MIN_SECRET_BYTES)
        throw new Error(`an HS256 secret has at least ${MIN_SECRET_BYTES} bytes; this one has ${secret.length}`)
      return { getKey: () => secret, algorithms: ['HS256'] }
    }
    case 'jwks':
      return { getKey: createRemoteJWKSet(new URL(key.url)), algorithms: PUBLIC_ALGORITHMS }
    case 'public-key': {
      const text = key.pemOrJwk.trim()
      if (text.startsWith('{')) return loadJwk(JSON.parse(text) as JWK & { keys?: JWK[] })
      for (const algorithm of PUBLIC_ALGORITHMS) {
        const imported = await importSPKI(text, algorithm).catch(() => undefined)
        if (imported) return { getKey: () => imported, algorithms: [algorithm] }
      }
      throw new Error('the public key is no PEM ("BEGIN PUBLIC KEY") or JWK of Ed25519, P-256 or RSA')
    }
  }
}

async function loadJwk(jwk: JWK & { keys?: JWK[] }): Promise<{ getKey: JWTVerifyGetKey; algorithms: readonly string[] }> {
  if (jwk.keys) return { getKey: createLocalJWKSet({ keys: jwk.keys }), algorithms: PUBLIC_ALGORITHMS }
  if (jwk.d !== undefined || jwk.kty === 'oct') throw new Error('the key is a private or secret one; give the public half')
  const algorithm = jwk.kty === 'OKP' ? 'EdDSA' : jwk.kty === 'EC' ? 'ES256' : 'RS256'
  const imported = await importJWK(jwk, algorithm)
  return { getKey: () => imported as CryptoKey, algorithms: [algorithm] }
}

function tokenError(cause: unknown): CloseError {
  if (cause instanceof CloseError) return cause
  if (cause instanceof errors.JWTExpired) return new CloseError('token_expired', 'The token has expired.', { cause })
  if (!isTokenFault(cause)) return new CloseError('overloaded', 'The keys that sign tokens cannot be fetched for now.', { cause })
  return new CloseError('token_invalid', `The token is not accepted: ${cause.message}.`, { cause })
}

/**
 * Whether it was the token that failed. Errors about one have classes of their own; a JWKS
 * fails in time, in form, in its HTTP status (a bare JOSEError) or in `fetch`, whose errors
 * differ from runtime to runtime.
 */
function isTokenFault(cause: unknown): cause is errors.JOSEError {
  if (!(cause instanceof errors.JOSEError)) return false
  return !(cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid || cause.code === errors.JOSEError.code)
}
