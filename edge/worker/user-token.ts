import { waitUntil } from 'cloudflare:workers'
import { CloseError } from '../../shared/errors.ts'
import { createTokenDoor, type Identity, type TokenKey, type TokenVerifier } from '../../shared/token.ts'
import type { Settings } from '../env/env.ts'
import { Refusal } from '../env/refusal.ts'

/** The verifier of this isolate: it holds the imported key or the fetched JWKS. A promise is no request's to share, so none is kept. */
let cached: { readonly rules: string; readonly verify: TokenVerifier } | undefined

/** Checks the token of a browser's upgrade (D2). Throws Refusal. */
export async function verifyUserToken(token: string | undefined, env: Settings): Promise<Identity> {
  const verify = await verifierOf(env)
  if (token === undefined) throw new Refusal(401, 'token_invalid', 'The upgrade has no token: offer the subprotocol "hawser.token.<JWT>".')
  try {
    return await verify(token)
  } catch (cause) {
    if (!(cause instanceof CloseError)) throw cause
    throw new Refusal(cause.code === 'key_unknown' ? 503 : 401, cause.code, cause.message, { cause })
  }
}

async function verifierOf(env: Settings): Promise<TokenVerifier> {
  const rules = { key: keyOf(env), issuer: env.TOKEN_ISSUER || 'hawser', audience: env.TOKEN_AUDIENCE || 'hawser' }
  const id = JSON.stringify(rules)
  if (cached?.rules !== id) {
    try {
      cached = { rules: id, verify: (await createTokenDoor(rules, { background: waitUntil })).verify }
    } catch (cause) {
      throw new Refusal(503, 'not_configured', `${settingOf(rules.key)} is unusable: ${(cause as Error).message}.`, { cause })
    }
  }
  return cached.verify
}

function keyOf(env: Settings): TokenKey {
  const keys: TokenKey[] = []
  if (env.TOKEN_PUBLIC_KEY) keys.push({ kind: 'public-key', pemOrJwk: env.TOKEN_PUBLIC_KEY })
  if (env.TOKEN_JWKS_URL) keys.push({ kind: 'jwks', url: env.TOKEN_JWKS_URL })
  if (env.TOKEN_SECRET) keys.push({ kind: 'secret', secret: env.TOKEN_SECRET })
  const [key, second] = keys
  if (!key) throw new Refusal(503, 'not_configured', 'Set TOKEN_PUBLIC_KEY, TOKEN_JWKS_URL or TOKEN_SECRET.')
  if (second) throw new Refusal(503, 'not_configured', `${settingOf(key)} and ${settingOf(second)} are both set; one key signs tokens.`)
  return key
}

function settingOf(key: TokenKey): keyof Settings {
  switch (key.kind) {
    case 'public-key':
      return 'TOKEN_PUBLIC_KEY'
    case 'jwks':
      return 'TOKEN_JWKS_URL'
    case 'secret':
      return 'TOKEN_SECRET'
  }
}
