import type { JWK } from 'jose'
import { importKey, importPem, type NamedKey } from '../../shared/key-set.ts'
import type { Settings } from '../env/env.ts'
import { Refusal } from '../env/refusal.ts'

const PEM = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g

let cached: { readonly setting: string; readonly keys: readonly CryptoKey[] } | undefined

/** The public halves of the cores' uplink keys: several while one takes over from another (U1). Throws Refusal. */
export async function uplinkKeys(env: Settings): Promise<readonly CryptoKey[]> {
  const setting = env.UPLINK_PUBLIC_KEY?.trim()
  if (!setting) throw new Refusal(503, 'not_configured', 'Set UPLINK_PUBLIC_KEY to the public half of the core\'s "uplink-key.pem".')
  if (cached?.setting !== setting) cached = { setting, keys: await importKeys(setting) }
  return cached.keys
}

async function importKeys(setting: string): Promise<CryptoKey[]> {
  try {
    if (!setting.startsWith('{')) {
      const pems = setting.match(PEM)
      if (!pems) throw new Error('it is no PEM ("BEGIN PUBLIC KEY"), JWK or JWKS')
      return await Promise.all(pems.map(importPublicPem))
    }
    const { keys, ...jwk } = JSON.parse(setting) as JWK & { keys?: JWK[] }
    return await Promise.all((keys ?? [jwk]).map(importPublicJwk))
  } catch (cause) {
    throw new Refusal(503, 'not_configured', `UPLINK_PUBLIC_KEY is unusable: ${(cause as Error).message}.`, { cause })
  }
}

async function importPublicPem(pem: string): Promise<CryptoKey> {
  return ed25519(await importPem(pem).catch(explain))
}

async function importPublicJwk(jwk: JWK): Promise<CryptoKey> {
  return ed25519(await importKey(jwk).catch(explain))
}

function explain(cause: Error): never {
  throw new Error(`the key ${cause.message}`, { cause })
}

function ed25519({ key, algorithm }: NamedKey): CryptoKey {
  if (algorithm !== 'EdDSA') throw new Error('the key is no Ed25519 key')
  return key
}
