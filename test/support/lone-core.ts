import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificate, makeCertificate } from './certificate.ts'
import { CoreProcess } from './core-process.ts'
import { type TokenSigner, tokenSigner } from './tokens.ts'
import { WirePeer } from './wire-peer.ts'

export const OWN_DOORS = ['tcp', 'tls', 'ws'] as const
export type OwnDoor = (typeof OWN_DOORS)[number]

/** A core with its own three doors and no edge. */
export class LoneCore {
  readonly signer: TokenSigner
  readonly core: CoreProcess
  readonly certificate: Certificate
  /** For files of the test; gone with the core. */
  readonly folder: string

  private constructor(parts: { signer: TokenSigner; core: CoreProcess; certificate: Certificate; folder: string }) {
    this.signer = parts.signer
    this.core = parts.core
    this.certificate = parts.certificate
    this.folder = parts.folder
  }

  static async start(env: Record<string, string> = {}): Promise<LoneCore> {
    const folder = mkdtempSync(join(tmpdir(), 'hawser-lone-'))
    const signer = tokenSigner()
    const certificate = await makeCertificate(folder, 'localhost')
    const core = await CoreProcess.start({
      tokenKey: signer.publicPem,
      env: { HAWSER_TLS_PORT: '0', HAWSER_TLS_CERT: certificate.certFile, HAWSER_TLS_KEY: certificate.keyFile, ...env },
    })
    return new LoneCore({ signer, core, certificate, folder })
  }

  /** host:port of a door. */
  address(door: OwnDoor): string {
    return door === 'ws' ? new URL(this.core.wsUrl).host : this.core[door]
  }

  /** A bare connection by a door. */
  async open(door: OwnDoor): Promise<WirePeer> {
    switch (door) {
      case 'tcp':
        return WirePeer.tcp(this.core.tcp)
      case 'tls':
        return WirePeer.tls(this.core.tls, { ca: this.certificate.cert })
      case 'ws':
        return WirePeer.ws(this.core.wsUrl)
    }
  }

  /** A connection that has logged in as the user. */
  async login(door: OwnDoor, user: string, fields: Parameters<WirePeer['login']>[1] = {}): Promise<WirePeer> {
    const peer = await this.open(door)
    await peer.login(await this.signer.token(user), fields)
    return peer
  }

  async dispose(): Promise<void> {
    await this.core.dispose()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
