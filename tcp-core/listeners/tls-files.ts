import { createPrivateKey, X509Certificate } from 'node:crypto'
import { FileFault, readWholeFile } from '../files/file-fault.ts'
import type { TlsFiles } from './tls-gate.ts'

/** Throws FileFault where a TLS door cannot be opened with these files. */
export function checkTlsFiles({ cert, key, clientCa }: TlsFiles): void {
  const certificate = readCertificate(cert, '--tls-cert')
  if (clientCa !== '') readCertificate(clientCa, '--tls-client-ca')
  const mend = mendBy('--tls-key')
  const pem = readWholeFile(key, mend)
  let belongs: boolean
  try {
    belongs = certificate.checkPrivateKey(createPrivateKey(pem))
  } catch (cause) {
    throw new FileFault(key, 'is no private key (PEM)', mend, { cause })
  }
  if (!belongs) throw new FileFault(key, `is not the key of the certificate in ${cert}`, mend)
}

function readCertificate(path: string, flag: string): X509Certificate {
  const pem = readWholeFile(path, mendBy(flag))
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new FileFault(path, 'is no certificate (PEM)', mendBy(flag), { cause })
  }
}

function mendBy(flag: string): string {
  return `name another with ${flag}`
}
