import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FileFault, readWholeFile } from '../files/file-fault.ts'

const TICKET_KEY_BYTES = 32
/** As of HAWSER_ADMIN_KEY. */
const ADMIN_KEY = /^[\x21-\x7e]{16,}$/
const CORE_ID = /^[\w.-]{1,64}$/
const MADE_ANEW = 'delete it, and a new one is made'

/** The core's own secrets. A missing one is made on first start, readable by its owner only. */
export interface CoreKeys {
  /** Ed25519; signs the tokens with which the core dials the edge. */
  readonly uplink: KeyObject
  /** Signs session tickets. */
  readonly ticket: Uint8Array
  /** What signed them before (docs/OPERATIONS.md, "Tickets"): tickets of it are taken while the file is there. */
  readonly previousTicket: Uint8Array | undefined
  /** What an operator shows at the admin door. */
  readonly admin: string
  /** Names this core to the edge, over restarts: a core come back voids what it left behind. */
  readonly coreId: string
}

/** Throws FileFault for one that cannot be had or is not right. */
export function loadKeys({ data, uplinkKey, adminKey }: { data: string; uplinkKey: string; adminKey: string }): CoreKeys {
  return {
    ticket: readTicketKey(join(data, 'ticket.key')),
    previousTicket: existsSync(join(data, 'ticket.previous.key')) ? readTicketKey(join(data, 'ticket.previous.key')) : undefined,
    admin: adminKey || readWord(join(data, 'admin.key'), ADMIN_KEY, 'is no key: it has 16 or more printable characters', makeAdminKey),
    uplink: readUplinkKey(data, uplinkKey),
    coreId: readWord(join(data, 'core-id'), CORE_ID, 'is no id of a core', randomUUID),
  }
}

/** Whether a core has run on the folder: these it makes when its log is there. */
export function hasKeys(data: string): boolean {
  return ['ticket.key', 'core-id'].some((name) => existsSync(join(data, name)))
}

/** The public half, as the edge wants it in UPLINK_PUBLIC_KEY. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
}

const makeAdminKey = () => randomBytes(24).toString('base64url')

function readTicketKey(path: string): Buffer {
  const mend = 'put the right one back, or delete it: a new one is made, and browsers sign in anew'
  const key = readOrMake(path, mend, () => randomBytes(TICKET_KEY_BYTES))
  if (key.length < TICKET_KEY_BYTES) throw new FileFault(path, `is no key: it has fewer than ${TICKET_KEY_BYTES} bytes`, mend)
  return key
}

function readWord(path: string, form: RegExp, fault: string, make: () => string): string {
  const word = readOrMake(path, MADE_ANEW, () => Buffer.from(make()))
    .toString()
    .trim()
  if (!form.test(word)) throw new FileFault(path, fault, MADE_ANEW)
  return word
}

function readUplinkKey(data: string, given: string): KeyObject {
  const path = given || join(data, 'uplink-key.pem')
  const mend = given
    ? 'name another with --uplink-key'
    : 'put the right one back, or delete it and give the edge the new public half (hawser keys)'
  const pem = given
    ? readWholeFile(path, mend)
    : readOrMake(path, mend, () => Buffer.from(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })))
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch (cause) {
    throw new FileFault(path, 'is no private key (PEM)', mend, { cause })
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new FileFault(path, `is a key of ${key.asymmetricKeyType}, not of Ed25519`, mend)
  return key
}

/** Made whole and synced under another name and linked into place, so that no start ever sees half a key. */
function readOrMake(path: string, mend: string, make: () => Buffer): Buffer {
  const draft = `${path}.${process.pid}`
  try {
    try {
      return readFileSync(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    writeFileSync(draft, make(), { mode: 0o600, flush: true })
    try {
      linkSync(draft, path)
    } catch (error) {
      // Another process was first: its key holds.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    return readFileSync(path)
  } catch (error) {
    throw FileFault.of(path, error, mend)
  } finally {
    rmSync(draft, { force: true })
  }
}
