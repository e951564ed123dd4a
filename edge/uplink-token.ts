import { errors, importJWK, importSPKI, type JWK, type JWTPayload, jwtVerify } from 'jose'
import { UPLINK_AUDIENCE, UPLINK_TOKEN_SECONDS } from '../shared/uplink.ts'
import type { Settings } from './env.ts'
import { Refusal } from './refusal.ts'

const CLOCK_SKEW_SECONDS = 5
const MAX_TOKEN_ID_LENGTH = 128

/** What an accepted token of a core says. */
export interface UplinkIdentity {
  readonly tokenId: string
  /** Milliseconds since 1970: until then the same token would be accepted again, were it not remembered. */
  readonly acceptableUntil: number
}

let cached: { readonly setting: string; readonly key: CryptoKey } | undefined

/** Checks the token with which a core dials a shard (U1). Throws Refusal. */
export async function verifyUplinkToken(authorization: string | null, shard: string, env: Settings): Promise<UplinkIdentity> {
  const key = await publicKey(env)
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
  if (!token) throw new Refusal(401, 'token_invalid', 'An uplink needs "Authorization: Bearer <token>".')
  const { exp, iat, jti, ...claims } = await payloadOf(token, key)
  if (claims.shard !== shard) throw new Refusal(401, 'token_invalid', `The uplink token is not for shard "${shard}".`)
  if (!exp || !iat || exp - iat > UPLINK_TOKEN_SECONDS) {
    throw new Refusal(401, 'token_invalid', `An uplink token lives at most ${UPLINK_TOKEN_SECONDS} s.`)
  }
  if (!jti || jti.length > MAX_TOKEN_ID_LENGTH) {
    throw new Refusal(401, 'token_invalid', `An uplink token has a "jti" of 1 to ${MAX_TOKEN_ID_LENGTH} characters.`)
  }
  return { tokenId: jti, acceptableUntil: (exp + CLOCK_SKEW_SECONDS) * 1000 }
}

async function payloadOf(token: string, key: CryptoKey): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      audience: UPLINK_AUDIENCE,
      requiredClaims: ['sub', 'iat', 'exp', 'jti', 'shard'],
      maxTokenAge: UPLINK_TOKEN_SECONDS,
      clockTolerance: CLOCK_SKEW_SECONDS,
    })
    return payload
  } catch (cause) {
    const expired = cause instanceof errors.JWTExpired
    const fault = cause instanceof errors.JOSEError ? cause.message : 'it is no JWT'
    throw new Refusal(401, expired ? 'token_expired' : 'token_invalid', `The uplink token is not accepted: ${fault}.`, { cause })
  }
}

async function publicKey(env: Settings): Promise<CryptoKey> {
  const setting = env.UPLINK_PUBLIC_KEY?.trim()
  if (!setting) throw new Refusal(503, 'not_configured', 'Set UPLINK_PUBLIC_KEY to the public half of the core\'s "uplink.key".')
  if (cached?.setting !== setting) cached = { setting, key: await importKey(setting) }
  return cached.key
}

async function importKey(setting: string): Promise<CryptoKey> {
  try {
    if (!setting.startsWith('{')) return await importSPKI(setting, 'EdDSA')
    const jwk = JSON.parse(setting) as JWK
    if (jwk.kty !== 'OKP' || jwk.d !== undefined) throw new Error('the JWK is no public Ed25519 key')
    return (await importJWK(jwk, 'EdDSA')) as CryptoKey
  } catch (cause) {
    throw new Refusal(503, 'not_configured', `UPLINK_PUBLIC_KEY is unusable: ${(cause as Error).message}.`, { cause })
  }
}
