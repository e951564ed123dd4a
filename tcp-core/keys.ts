import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const TICKET_KEY_BYTES = 32

/** The core's own secrets. A missing one is made on first start, readable by its owner only. */
export interface CoreKeys {
  /** Ed25519; signs the tokens with which the core dials the edge. */
  readonly uplink: KeyObject
  /** Signs session tickets. */
  readonly ticket: Uint8Array
  /** What an operator shows at the admin door. */
  readonly admin: string
  /** Names this core to the edge, over restarts: a core come back voids what it left behind. */
  readonly coreId: string
}

export function loadKeys({ data, uplinkKey, adminKey }: { data: string; uplinkKey: string; adminKey: string }): CoreKeys {
  mkdirSync(data, { recursive: true })
  const ticket = readOrMake(join(data, 'ticket.key'), () => randomBytes(TICKET_KEY_BYTES))
  if (ticket.length < TICKET_KEY_BYTES) throw new Error(`ticket.key in ${data} has fewer than ${TICKET_KEY_BYTES} bytes`)
  const admin =
    adminKey ||
    readOrMake(join(data, 'admin.key'), () => Buffer.from(randomBytes(24).toString('base64url')))
      .toString()
      .trim()
  const uplink = createPrivateKey(
    uplinkKey === ''
      ? readOrMake(join(data, 'uplink-key.pem'), () =>
          Buffer.from(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })),
        )
      : readFileSync(uplinkKey),
  )
  if (uplink.asymmetricKeyType !== 'ed25519') throw new Error(`the uplink key is ${uplink.asymmetricKeyType}; it must be Ed25519`)
  const coreId = readOrMake(join(data, 'core-id'), () => Buffer.from(randomUUID()))
    .toString()
    .trim()
  return { uplink, ticket, admin, coreId }
}

/** The public half, as the edge wants it in UPLINK_PUBLIC_KEY. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
}

/** Made whole under another name and linked into place, so that no start ever sees half a key. */
function readOrMake(path: string, make: () => Buffer): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, make(), { mode: 0o600 })
  try {
    linkSync(draft, path)
  } catch (error) {
    // Another process was first: its key holds.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
  return readFileSync(path)
}
