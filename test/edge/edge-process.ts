import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import type { ClientOptions } from 'ws'
import { buildAssets, buildWorker } from '../../edge/node/build.node.ts'
import { type Edge, type EdgeOptions, startEdge } from '../../edge/node/serve.node.ts'
import { subprotocolsFor } from '../../shared/subprotocol.ts'
import { UPLINK_AUDIENCE } from '../../shared/uplink.ts'
import { tokenSigner } from '../support/tokens.ts'
import { PeerSocket } from './peer-socket.ts'

export interface UplinkClaims {
  readonly shard?: string
  readonly audience?: string
  readonly lifetimeSeconds?: number
  readonly clockAheadSeconds?: number
  readonly jti?: string
  readonly core?: string
  readonly key?: KeyObject
}

/** The edge as it is deployed, built from the sources and run by workerd on a free port. */
export class EdgeProcess {
  readonly tokens = tokenSigner()
  readonly #uplinkKeys = generateKeyPairSync('ed25519')
  readonly #folder = mkdtempSync(join(tmpdir(), 'hawser-edge-'))
  #edge: Edge | undefined

  static async start(options: Partial<EdgeOptions> = {}): Promise<EdgeProcess> {
    const edge = new EdgeProcess()
    await Promise.all([buildWorker(join(edge.#folder, 'dist/worker')), buildAssets(join(edge.#folder, 'dist/assets'))])
    await edge.start(options)
    return edge
  }

  /** Starts it, or starts it again on the same state. */
  async start(options: Partial<EdgeOptions> = {}): Promise<void> {
    this.#edge = await startEdge({
      port: 0,
      stateDir: join(this.#folder, 'state'),
      bundleDir: this.bundleDir,
      ...options,
      settings: { TOKEN_PUBLIC_KEY: this.tokens.publicPem, UPLINK_PUBLIC_KEY: this.uplinkPublicPem, ...options.settings },
    })
  }

  get bundleDir(): string {
    return join(this.#folder, 'dist')
  }

  get uplinkPublicKey(): KeyObject {
    return this.#uplinkKeys.publicKey
  }

  get uplinkPublicPem(): string {
    return this.uplinkPublicKey.export({ type: 'spki', format: 'pem' }).toString()
  }

  get url(): string {
    if (!this.#edge) throw new Error('the edge is not running')
    return this.#edge.url
  }

  get wsUrl(): string {
    return `${this.url.replace('http', 'ws')}/ws`
  }

  uplinkUrl(shard: string): string {
    return `${this.url.replace('http', 'ws')}/uplink/${shard}`
  }

  /** A browser's socket, with a token of its user. */
  async browser(userId: string, options: ClientOptions = {}): Promise<PeerSocket> {
    return PeerSocket.connect(this.wsUrl, subprotocolsFor(await this.tokens.token(userId)), options)
  }

  uplinkToken(claims: UplinkClaims = {}): Promise<string> {
    const {
      shard = 's0',
      audience = UPLINK_AUDIENCE,
      lifetimeSeconds = 60,
      clockAheadSeconds = 0,
      jti = randomUUID(),
      core = 'core-1',
      key = this.#uplinkKeys.privateKey,
    } = claims
    const now = Math.floor(Date.now() / 1000) + clockAheadSeconds
    return new SignJWT({ shard })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject(core)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetimeSeconds)
      .setJti(jti)
      .sign(key)
  }

  async stop(): Promise<void> {
    await this.#edge?.stop()
  }

  async dispose(): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
