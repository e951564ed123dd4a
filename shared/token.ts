import { compactVerify, createLocalJWKSet, createRemoteJWKSet, errors, importJWK, importSPKI, type JWK, type JWTVerifyGetKey } from 'jose'
import { type FixedKey, openJws, parseJson } from './compact-jws.ts'
import { userIdFault } from './conversation-id.ts'
import { CloseError } from './errors.ts'

/** The algorithms a public key may stand for; the key decides, never the token's header. */
const PUBLIC_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const
const CLOCK_SKEW_SECONDS = 5
/** Bytes an HS256 secret has at least: as many as the hash puts out (RFC 7518, 3.2). */
export const MIN_SECRET_BYTES = 32
/** Bits an RSA key has at least (RFC 7518, 3.3). */
const MIN_RSA_BITS = 2048

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

/** What a token says whose signature holds; else it throws jose's errors. */
type OpenToken = (token: string) => Promise<unknown>

/**
 * Makes the function that checks users' tokens, on the core and at the edge alike: signature,
 * algorithm, issuer, audience, expiry and a valid user id in `sub`. It throws CloseError
 * `token_expired`, `token_invalid`, or `overloaded` where a JWKS cannot be fetched.
 * Throws at once if the key itself is unusable.
 */
export async function createTokenVerifier(rules: TokenRules): Promise<TokenVerifier> {
  const open = await loadKey(rules.key)
  return async (token) => {
    try {
      return identityOf(await open(token), rules)
    } catch (cause) {
      throw tokenError(cause)
    }
  }
}

/** L2: the claims (RFC 7519) that a token must have. */
function identityOf(claims: unknown, { issuer, audience }: TokenRules): Identity {
  const { iss, aud, sub, exp, nbf } = Object(claims) as Record<string, unknown>
  const now = Date.now() / 1000
  if (iss !== issuer) throw refused('iss', 'is another issuer than this server takes tokens of')
  if (aud !== audience && !(Array.isArray(aud) && aud.includes(audience))) throw refused('aud', 'names another audience than this server')
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw refused('exp', 'is no time')
  if (exp <= now - CLOCK_SKEW_SECONDS) throw new CloseError('token_expired', 'The token has expired.')
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + CLOCK_SKEW_SECONDS)) throw refused('nbf', 'is not over yet')
  if (typeof sub !== 'string') throw refused('sub', 'is no text')
  const fault = userIdFault(sub)
  if (fault) throw refused('sub', fault)
  return { userId: sub, expiresAt: Math.floor(exp * 1000) }
}

function refused(claim: string, fault: string): CloseError {
  return new CloseError('token_invalid', `The token's "${claim}" ${fault}.`)
}

async function loadKey(key: TokenKey): Promise<OpenToken> {
  switch (key.kind) {
    case 'secret':
      return openWith({ algorithm: 'HS256', key: await importSecret(key.secret) })
    case 'jwks':
      return openWithSet(createRemoteJWKSet(new URL(key.url)))
    case 'public-key': {
      const text = key.pemOrJwk.trim()
      if (text.startsWith('{')) return loadJwk(JSON.parse(text) as JWK & { keys?: JWK[] })
      for (const algorithm of PUBLIC_ALGORITHMS) {
        const imported = await importSPKI(text, algorithm).catch(() => undefined)
        if (imported) return openWith({ algorithm, key: imported })
      }
      throw new Error('the public key is no PEM ("BEGIN PUBLIC KEY") or JWK of Ed25519, P-256 or RSA')
    }
  }
}

async function importSecret(text: string): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(text)
  if (secret.length < MIN_SECRET_BYTES)
    throw new Error(`an HS256 secret has at least ${MIN_SECRET_BYTES} bytes; this one has ${secret.length}`)
  return crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

async function loadJwk(jwk: JWK & { keys?: JWK[] }): Promise<OpenToken> {
  if (jwk.keys) return openWithSet(createLocalJWKSet({ keys: jwk.keys }))
  if (jwk.d !== undefined || jwk.kty === 'oct') throw new Error('the key is a private or secret one; give the public half')
  const algorithm = jwk.kty === 'OKP' ? 'EdDSA' : jwk.kty === 'EC' ? 'ES256' : 'RS256'
  return openWith({ algorithm, key: (await importJWK(jwk, algorithm)) as CryptoKey })
}

function openWith(fixed: FixedKey): OpenToken {
  const { modulusLength } = fixed.key.algorithm as { modulusLength?: number }
  if (modulusLength !== undefined && modulusLength < MIN_RSA_BITS) {
    throw new Error(`an RSA key has at least ${MIN_RSA_BITS} bits; this one has ${modulusLength}`)
  }
  return (token) => openJws(token, fixed)
}

/** Which of a set's keys it is, the token's header says. */
function openWithSet(keys: JWTVerifyGetKey): OpenToken {
  const options = { algorithms: [...PUBLIC_ALGORITHMS] }
  return async (token) => parseJson((await compactVerify(token, keys, options)).payload)
}

function tokenError(cause: unknown): CloseError {
  if (cause instanceof CloseError) return cause
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
