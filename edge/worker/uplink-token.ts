import { errors, type JWTPayload, jwtVerify } from 'jose'
import { UPLINK_AUDIENCE, UPLINK_SKEW_SECONDS, UPLINK_TIME_HEADER, UPLINK_TOKEN_SECONDS } from '../../shared/uplink.ts'
import type { Settings } from '../env/env.ts'
import { Refusal } from '../env/refusal.ts'
import { uplinkKeys } from './uplink-keys.ts'

const MAX_ID_LENGTH = 128

/** What an accepted token of a core says. */
export interface UplinkIdentity {
  readonly coreId: string
  readonly tokenId: string
  /** Milliseconds since 1970: until then the same token would be accepted again, were it not remembered. */
  readonly acceptableUntil: number
}

/** Checks the token with which a core dials a shard (U1). Throws Refusal. */
export async function verifyUplinkToken(authorization: string | null, shard: string, env: Settings): Promise<UplinkIdentity> {
  const keys = await uplinkKeys(env)
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
  if (!token) throw refused('token_invalid', 'An uplink needs "Authorization: Bearer <token>".')
  const { exp, iat, jti, sub, ...claims } = await payloadOf(token, keys)
  if (claims.shard !== shard) throw refused('token_invalid', `The uplink token is not for shard "${shard}".`)
  if (!exp || !iat || exp <= iat || exp - iat > UPLINK_TOKEN_SECONDS) {
    throw refused('token_invalid', `An uplink token lives at most ${UPLINK_TOKEN_SECONDS} s.`)
  }
  if (!jti || jti.length > MAX_ID_LENGTH) {
    throw refused('token_invalid', `An uplink token has a "jti" of 1 to ${MAX_ID_LENGTH} characters.`)
  }
  if (!sub || sub.length > MAX_ID_LENGTH) {
    throw refused('token_invalid', `An uplink token has a "sub" of 1 to ${MAX_ID_LENGTH} characters.`)
  }
  return { coreId: sub, tokenId: jti, acceptableUntil: (exp + UPLINK_SKEW_SECONDS) * 1000 }
}

/** What the token says, if one of the keys signed it. */
async function payloadOf(token: string, keys: readonly CryptoKey[]): Promise<JWTPayload> {
  let failure: unknown
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['EdDSA'],
        audience: UPLINK_AUDIENCE,
        requiredClaims: ['sub', 'iat', 'exp', 'jti', 'shard'],
        maxTokenAge: UPLINK_TOKEN_SECONDS,
        clockTolerance: UPLINK_SKEW_SECONDS,
      })
      return payload
    } catch (cause) {
      failure = cause
      // Another key may have signed it; any other fault is the token's own.
      if (!(cause instanceof errors.JWSSignatureVerificationFailed)) break
    }
  }
  if (failure instanceof errors.JWTExpired) throw refusedByTime(failure)
  if (failure instanceof errors.JWTClaimValidationFailed && failure.claim === 'iat' && failure.reason === 'check_failed') {
    throw refusedByTime(failure)
  }
  const fault = failure instanceof errors.JOSEError ? failure.message : 'it is no JWT'
  throw refused('token_invalid', `The uplink token is not accepted: ${fault}.`, failure)
}

/** One of the cores' keys has signed it. Only so does anything come into the edge's log. */
function refusedByTime(failure: errors.JWTExpired | errors.JWTClaimValidationFailed): Refusal {
  const { iat = 0, sub } = failure.payload
  const ahead = Math.round(iat - Date.now() / 1000)
  if (Math.abs(ahead) <= UPLINK_SKEW_SECONDS)
    return refused('token_invalid', `The uplink token is not accepted: ${failure.message}.`, failure)
  const skew = `the core's clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} the edge's; at most ${UPLINK_SKEW_SECONDS} s are tolerated`
  console.warn(`uplink of core "${sub}" refused: ${skew}`)
  return refused('token_expired', `The uplink token is not accepted: ${skew}.`, failure)
}

/** With the edge's time, by which a core finds out how far its clock is from it. */
function refused(code: 'token_invalid' | 'token_expired', message: string, cause?: unknown): Refusal {
  return new Refusal(401, code, message, { cause, headers: { [UPLINK_TIME_HEADER]: String(Date.now()) } })
}
