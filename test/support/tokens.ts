import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'

/** A key pair that signs users' tokens in a test. */
export interface TokenSigner {
  readonly publicPem: string
  readonly privateKey: KeyObject
  token(userId: string, options?: { expiresIn?: string; issuer?: string; audience?: string }): Promise<string>
}

export function tokenSigner(): TokenSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey,
    token: (userId, { expiresIn = '1h', issuer = 'hawser', audience = 'hawser' } = {}) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'EdDSA' })
        .setSubject(userId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(expiresIn)
        .sign(privateKey),
  }
}
