import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** A certificate for this machine, made for one test run, as files. */
export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

export async function makeCertificate(folder: string, name: string): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  const certificate = { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`), cert, key }
  writeFileSync(certificate.certFile, cert)
  writeFileSync(certificate.keyFile, key, { mode: 0o600 })
  return certificate
}
