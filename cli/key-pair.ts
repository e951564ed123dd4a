import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './exit.ts'

/** An Ed25519 pair in a data folder: `<name>.pem` (PKCS8, for its owner's eyes) and `<name>.pub.pem`. */
export interface KeyPair {
  readonly privatePath: string
  readonly publicPath: string
  readonly publicPem: string
}

/** Makes the pair if it is not there, and its public half anew in any case. Throws the file system's errors, and Failure where the file is no key. */
export function ensureKeyPair(folder: string, name: string): KeyPair {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const privatePath = join(folder, `${name}.pem`)
  const publicPath = join(folder, `${name}.pub.pem`)
  createOnce(privatePath, () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const publicPem = createPublicKey(readPrivateKey(privatePath)).export({ type: 'spki', format: 'pem' }).toString()
  const draft = `${publicPath}.${process.pid}`
  try {
    writeFileSync(draft, publicPem, { mode: 0o600 })
    renameSync(draft, publicPath)
  } finally {
    rmSync(draft, { force: true })
  }
  return { privatePath, publicPath, publicPem }
}

function readPrivateKey(path: string): KeyObject {
  const pem = readFileSync(path)
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw new Failure(`${path} is no private key (PEM); put the right one back, or delete it: a new one is made`, { cause })
  }
}

/** Written whole and synced under another name, then linked: no reader sees half a key, and of two that start at once one wins. */
function createOnce(path: string, make: () => string): void {
  if (existsSync(path)) return
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, make(), { mode: 0o600, flush: true })
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
