import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importPKCS8, SignJWT } from 'jose'
import { Failure } from './exit.ts'
import { ensureKeyPair, type KeyPair } from './key-pair.ts'

/** The pair that signs users' tokens on a developer's machine. `hawser start` makes it; nothing ships one. */
const NAME = 'dev-key'

export interface SignedToken {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Signs a token for a user (docs/PROTOCOL.md, L2). */
export type TokenSigner = (user: string, lifetimeMs: number) => Promise<SignedToken>

export const TOKEN_LIFETIME_MS = 3_600_000

export function ensureDevKeys(dataFolder: string): KeyPair {
  return ensureKeyPair(dataFolder, NAME)
}

/** Throws Failure where the folder holds no such key. */
export async function devSigner(dataFolder: string): Promise<TokenSigner> {
  const key = await importPKCS8(readKey(join(dataFolder, `${NAME}.pem`), dataFolder), 'EdDSA').catch((cause: Error) => {
    throw new Failure(`${NAME}.pem in ${dataFolder} is no Ed25519 key: ${cause.message}`, { cause })
  })
  return async (user, lifetimeMs) => {
    const issuedAt = Math.floor(Date.now() / 1000)
    const expiry = issuedAt + Math.ceil(lifetimeMs / 1000)
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject(user)
      .setIssuer('hawser')
      .setAudience('hawser')
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiry)
      .sign(key)
    return { token, expiresAt: expiry * 1000 }
  }
}

function readKey(path: string, dataFolder: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw new Failure(`cannot read ${path}: ${(cause as Error).message}`, { cause })
    throw new Failure(`no token: pass --token, or run \`hawser start\` first (it makes a key in ${dataFolder})`, { cause })
  }
}
