import { errors, type JWK } from 'jose'
import { openJws, readHeader } from './compact-jws.ts'
import { userIdFault } from './conversation-id.ts'
import { CloseError } from './errors.ts'
import { importKey, importPem, KeySet, type NamedKey, nameOf } from './key-set.ts'
import { RemoteKeySet, type RemoteKeySetOptions } from './remote-key-set.ts'

/** What the keys of a JWKS are for. */
const PUBLIC_ALGORITHMS: ReadonlySet<string> = new Set(['EdDSA', 'ES256', 'RS256'])
/** L2: what the clocks of the signer, the core and the edge may be apart, by the claim; the same on core and edge. */
const TOLERANCE_SECONDS = { exp: 5, nbf: 300 } as const
/** The last second of which there is a date: what is later no message can carry. */
const MAX_SECONDS = 8_640_000_000_000
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
  /** Of the key that signed it: as `accepts` of the door takes it. */
  readonly keyName: string
}

/** Checks a token. Throws CloseError. */
export type TokenVerifier = (token: string) => Promise<Identity>

/** Where tokens are checked, and which keys they may be signed with now. */
export interface TokenDoor {
  readonly verify: TokenVerifier
  /** Whether tokens of the key of this name are still taken; yes, while it cannot be known. */
  accepts(keyName: string): boolean
  /** Looks at a JWKS again, unless that was just done. */
  refresh(): void
}

/** The keys of an installation. */
interface Keys {
  /** Those to check a token with; undefined while there are none. */
  current(): Promise<KeySet | undefined>
  /** Looks for a key that is not among them; says whether there are others now. Undefined where that cannot be. */
  readonly lookFor?: (kid: string | undefined) => Promise<boolean>
  accepts(keyName: string): boolean
  refresh(): void
}

/**
 * Makes the door where users' tokens are checked, on the core and at the edge alike: signature,
 * algorithm, issuer, audience, expiry and a valid user id in `sub`. `verify` throws CloseError
 * `token_expired`, `token_invalid`, or `key_unknown` where a JWKS does not have the key (yet) or
 * cannot be fetched. Throws at once if the key itself is unusable.
 */
export async function createTokenDoor(rules: TokenRules, options: RemoteKeySetOptions = {}): Promise<TokenDoor> {
  const keys = await loadKeys(rules.key, options)
  return {
    verify: async (token) => {
      try {
        const { claims, keyName } = await open(token, keys)
        return { ...identityOf(claims, rules), keyName }
      } catch (cause) {
        throw tokenError(cause)
      }
    },
    accepts: (keyName) => keys.accepts(keyName),
    refresh: () => keys.refresh(),
  }
}

/** Finds the key, if need be by looking for it, and gives what it has signed. Throws jose's errors, or CloseError `key_unknown`. */
async function open(token: string, keys: Keys): Promise<{ claims: unknown; keyName: string }> {
  const { kid, alg } = readHeader(token)
  const known = await keys.current()
  const opened = known && (await tryKeys(token, known, kid, alg))
  if (opened) return opened
  // No key that may come would be for another algorithm.
  const isHopeless = typeof alg !== 'string' || !PUBLIC_ALGORITHMS.has(alg)
  if (isHopeless || known?.knows(kid) || !keys.lookFor) throw refusedBy(known, kid)
  if (await keys.lookFor(kid)) {
    const newer = await keys.current()
    const found = newer && (await tryKeys(token, newer, kid, alg))
    if (found) return found
    if (newer?.knows(kid)) throw refusedBy(newer, kid)
  }
  throw new CloseError('key_unknown')
}

/** Undefined where none of them has signed it. */
async function tryKeys(token: string, keys: KeySet, kid: string | undefined, alg: unknown) {
  for (const key of keys.candidates(kid, alg)) {
    try {
      return { claims: await openJws(token, key), keyName: key.name }
    } catch (cause) {
      if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause
    }
  }
  return undefined
}

function refusedBy(keys: KeySet | undefined, kid: string | undefined): CloseError {
  const fault = keys?.faultOf(kid)
  return new CloseError(
    'token_invalid',
    fault ? `The token is not accepted: ${fault}.` : 'The token is not signed by a key that is taken here.',
  )
}

/** L2: the claims (RFC 7519) that a token must have. */
function identityOf(claims: unknown, { issuer, audience }: TokenRules): Omit<Identity, 'keyName'> {
  const { iss, aud, sub, exp, nbf } = Object(claims) as Record<string, unknown>
  const now = Date.now() / 1000
  if (iss !== issuer) throw refused('iss', 'is another issuer than this server takes tokens of')
  if (aud !== audience && !(Array.isArray(aud) && aud.includes(audience))) throw refused('aud', 'names another audience than this server')
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw refused('exp', 'is no time')
  if (exp > MAX_SECONDS) throw refused('exp', 'is later than there are dates')
  if (exp <= now - TOLERANCE_SECONDS.exp) throw new CloseError('token_expired', 'The token has expired.')
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + TOLERANCE_SECONDS.nbf)) throw refused('nbf', 'is not over yet')
  if (typeof sub !== 'string') throw refused('sub', 'is no text')
  const fault = userIdFault(sub)
  if (fault) throw refused('sub', fault)
  return { userId: sub, expiresAt: Math.floor(exp * 1000) }
}

function refused(claim: string, fault: string): CloseError {
  return new CloseError('token_invalid', `The token's "${claim}" ${fault}.`)
}

async function loadKeys(key: TokenKey, options: RemoteKeySetOptions): Promise<Keys> {
  switch (key.kind) {
    case 'secret':
      return fixed(KeySet.of(await importSecret(key.secret)))
    case 'jwks':
      return remote(key.url, options)
    case 'public-key': {
      const text = key.pemOrJwk.trim()
      if (text.startsWith('{')) return fixed(await readJwk(text))
      return fixed(KeySet.of(await named(importPem(text))))
    }
  }
}

/** Keys that stay as they are until the next start. */
function fixed(keys: KeySet): Keys {
  const known = Promise.resolve(keys)
  return { current: () => known, accepts: (keyName) => keys.has(keyName), refresh: () => {} }
}

function remote(url: string, options: RemoteKeySetOptions): Keys {
  const set = new RemoteKeySet(url, options)
  return {
    current: () => set.current(),
    lookFor: (kid) => set.lookFor(kid),
    accepts: (keyName) => set.keys?.has(keyName) ?? true,
    refresh: () => set.refresh(),
  }
}

async function importSecret(text: string): Promise<NamedKey> {
  const secret = new TextEncoder().encode(text)
  if (secret.length < MIN_SECRET_BYTES)
    throw new Error(`an HS256 secret has at least ${MIN_SECRET_BYTES} bytes; this one has ${secret.length}`)
  const use = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', secret, use, false, ['sign', 'verify'])
  // Its name is seen by clients: no more than any token of the secret tells them.
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode('hawser key name')))
  return { algorithm: 'HS256', key, name: nameOf(digest) }
}

async function readJwk(text: string): Promise<KeySet> {
  const jwk = JSON.parse(text) as JWK & { keys?: JWK[] }
  if (!jwk.keys) return KeySet.of(await named(importKey(jwk)))
  const set = await KeySet.read(jwk)
  const [fault] = set.faults
  if (fault) throw new Error(fault)
  return set
}

function named(key: Promise<NamedKey>): Promise<NamedKey> {
  return key.catch((cause: Error) => {
    throw new Error(`the key ${cause.message}`, { cause })
  })
}

function tokenError(cause: unknown): unknown {
  if (!(cause instanceof errors.JOSEError)) return cause
  return new CloseError('token_invalid', `The token is not accepted: ${cause.message}.`, { cause })
}
