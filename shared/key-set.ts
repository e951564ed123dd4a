import { base64url, calculateJwkThumbprint, exportJWK, importJWK, importSPKI, type JWK } from 'jose'
import type { FixedKey } from './compact-jws.ts'

/** Bits an RSA key has at least (RFC 7518, 3.3). */
const MIN_RSA_BITS = 2048
const MAX_KEYS = 64
/** A token is tried with so many keys at most: each costs a signature check. */
const MAX_TRIED = 8
/** Characters of a `kid` that is a name; a longer one is none of ours. */
export const MAX_KID_LENGTH = 256
/** Bytes of a key's thumbprint that name it: enough to tell the keys of one installation apart. */
const NAME_BYTES = 8

/** A key that signs users' tokens. */
export interface NamedKey extends FixedKey {
  /** The beginning of its RFC 7638 thumbprint, in hex: the same on every core, whatever its `kid`. */
  readonly name: string
}

/** The keys of a JWKS, or a single one. Which of them a token wants is said by the token, how it is used by the key. */
export class KeySet {
  readonly #keys: readonly { readonly kid: string | undefined; readonly key: NamedKey }[]
  /** Why keys of the set are not used, by `kid`. */
  readonly #faults: ReadonlyMap<string, string>

  private constructor(keys: { kid: string | undefined; key: NamedKey }[], faults: Map<string, string>) {
    this.#keys = keys
    this.#faults = faults
  }

  static of(key: NamedKey): KeySet {
    return new KeySet([{ kid: undefined, key }], new Map())
  }

  /**
   * Keys for other uses than to sign tokens are passed over. Throws on what is no JWKS. A key
   * that could be used and must not be (a private one, an RSA key that is too short) is in `faults`.
   */
  static async read(jwks: unknown): Promise<KeySet> {
    const { keys } = Object(jwks) as { keys?: unknown }
    if (!Array.isArray(keys) || !keys.every((key) => Object(key) === key)) throw new Error('it is no JSON Web Key Set')
    if (keys.length > MAX_KEYS) throw new Error(`it has ${keys.length} keys; ${MAX_KEYS} are the most`)
    const usable: { kid: string | undefined; key: NamedKey }[] = []
    const faults = new Map<string, string>()
    for (const jwk of (keys as JWK[]).filter(signsTokens)) {
      const kid = typeof jwk.kid === 'string' ? jwk.kid : undefined
      try {
        usable.push({ kid, key: await importKey(jwk) })
      } catch (cause) {
        faults.set(kid ?? '', `the key ${kid === undefined ? 'without "kid"' : JSON.stringify(kid)} ${(cause as Error).message}`)
      }
    }
    return new KeySet(usable, faults)
  }

  /** What is wrong with keys of the set, a sentence each. */
  get faults(): string[] {
    return [...this.#faults.values()]
  }

  /** Whether a key of this name is among them. */
  has(name: string): boolean {
    return this.#keys.some(({ key }) => key.name === name)
  }

  /** The keys that a token of this header may be signed with: those of its `kid`, else those that have none. */
  candidates(kid: string | undefined, algorithm: unknown): NamedKey[] {
    const named = kid === undefined ? [] : this.#keys.filter((entry) => entry.kid === kid)
    const rest = kid === undefined ? this.#keys : this.#keys.filter((entry) => entry.kid === undefined)
    return (named.length > 0 ? named : rest)
      .map(({ key }) => key)
      .filter((key) => key.algorithm === algorithm)
      .slice(0, MAX_TRIED)
  }

  /** Whether the set has this `kid`, so that looking for it again would find nothing new. */
  knows(kid: string | undefined): boolean {
    return kid !== undefined && (this.#faults.has(kid) || this.#keys.some((entry) => entry.kid === kid))
  }

  /** Why the key of this `kid` is not used, if it is there and is not. */
  faultOf(kid: string | undefined): string | undefined {
    return this.#faults.get(kid ?? '')
  }
}

/** Of an Ed25519, P-256 or RSA key, its public half. Throws with a message that continues "the key …". */
export async function importKey(jwk: JWK): Promise<NamedKey> {
  if (jwk.d !== undefined || jwk.kty === 'oct') throw new Error('is a private or secret one; give the public half')
  if (!signsTokens(jwk)) throw new Error(`is none that signs tokens: Ed25519, P-256 and RSA do, for EdDSA, ES256 and RS256`)
  const algorithm = jwk.kty === 'OKP' ? 'EdDSA' : jwk.kty === 'EC' ? 'ES256' : 'RS256'
  const key = (await importJWK({ ...jwk, alg: algorithm }, algorithm).catch((cause: Error) => {
    throw new Error(`cannot be read: ${cause.message}`, { cause })
  })) as CryptoKey
  refuseShort(key)
  return { algorithm, key, name: nameOf(base64url.decode(await calculateJwkThumbprint(jwk))) }
}

/** What a public key is for, by the object identifiers in its DER (RFC 8410, 5480, 3279), in hex. */
const IDENTIFIERS = [
  ['06032b6570', 'EdDSA'],
  ['06082a8648ce3d030107', 'ES256'],
  ['06092a864886f70d010101', 'RS256'],
] as const

/**
 * From a PEM of the public half. Its bytes say of which kind it is: a runtime may take an RSA
 * key for an Ed25519 one (workerd does). Throws with a message that continues "the key …".
 */
export async function importPem(pem: string): Promise<NamedKey> {
  const der = /-----BEGIN PUBLIC KEY-----([^-]+)-----END PUBLIC KEY-----/.exec(pem)?.[1]
  const head =
    der && hex(base64url.decode(der.replace(/\s/g, '').slice(0, 64).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')))
  const [, algorithm] = IDENTIFIERS.find(([identifier]) => head?.includes(identifier)) ?? []
  if (!algorithm) throw new Error('is no PEM ("BEGIN PUBLIC KEY") of Ed25519, P-256 or RSA')
  return importKey(await exportJWK(await importSPKI(pem, algorithm, { extractable: true })))
}

/** The name of a key of this digest. */
export function nameOf(digest: Uint8Array): string {
  return hex(digest.subarray(0, NAME_BYTES))
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Throws with a message that continues "the key …". */
function refuseShort(key: CryptoKey): void {
  const { modulusLength } = key.algorithm as { modulusLength?: number }
  if (modulusLength === undefined || modulusLength >= MIN_RSA_BITS) return
  throw new Error(`is an RSA key of ${modulusLength} bits; one has at least ${MIN_RSA_BITS}`)
}

function signsTokens({ kty, crv, use, key_ops, alg }: JWK): boolean {
  if (use !== undefined && use !== 'sig') return false
  if (Array.isArray(key_ops) && !key_ops.includes('verify')) return false
  switch (kty) {
    case 'OKP':
      return crv === 'Ed25519' && (alg === undefined || alg === 'EdDSA' || alg === 'Ed25519')
    case 'EC':
      return crv === 'P-256' && (alg === undefined || alg === 'ES256')
    case 'RSA':
      return alg === undefined || alg === 'RS256'
    default:
      return false
  }
}
