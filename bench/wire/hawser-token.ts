import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const keys = new Map<string, KeyObject>()
/** A user who comes back shows the same one. */
const tokens = new Map<string, string>()
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const HEADER = part({ alg: 'EdDSA' })
const LIFETIME_SECONDS = 24 * 3600

/** A user's token, signed with the key in a PEM file. */
export function hawserToken(keyFile: string, user: string): string {
  const known = tokens.get(user)
  if (known) return known
  let key = keys.get(keyFile)
  if (!key) {
    key = createPrivateKey(readFileSync(keyFile))
    keys.set(keyFile, key)
  }
  const claims = part({ sub: user, iss: 'hawser', aud: 'hawser', exp: Math.floor(Date.now() / 1000) + LIFETIME_SECONDS })
  const signed = `${HEADER}.${claims}`
  const token = `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
  tokens.set(user, token)
  return token
}
