import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Edge, type EdgeOptions, startEdge } from '../../edge/node/serve.node.ts'
import { type Certificate, makeCertificate } from './certificate.ts'
import { CoreProcess } from './core-process.ts'
import { freePorts } from './free-ports.ts'
import { type TokenSigner, tokenSigner } from './tokens.ts'
import { WirePeer } from './wire-peer.ts'

export const DOORS = ['tcp', 'tls', 'ws', 'edge'] as const
export type DoorName = (typeof DOORS)[number]

export interface HouseOptions {
  /** Of the core. */
  readonly env?: Record<string, string>
  readonly shards?: number
  readonly edge?: EdgeOptions['settings']
  /** Fills the core's data folder before it starts. */
  readonly fill?: (data: string) => void
}

/** A core and an edge bridged to it, as `hawser start` runs them: two processes, real workerd. */
export class House {
  readonly signer: TokenSigner
  readonly core: CoreProcess
  readonly certificate: Certificate
  readonly #folder: string
  readonly #edgeSettings: EdgeOptions['settings']
  #edge: Edge

  private constructor(parts: {
    signer: TokenSigner
    core: CoreProcess
    edge: Edge
    folder: string
    edgeSettings: EdgeOptions['settings']
    certificate: Certificate
  }) {
    this.signer = parts.signer
    this.core = parts.core
    this.certificate = parts.certificate
    this.#edge = parts.edge
    this.#folder = parts.folder
    this.#edgeSettings = parts.edgeSettings
  }

  static async start(options: HouseOptions = {}): Promise<House> {
    const folder = mkdtempSync(join(tmpdir(), 'hawser-house-'))
    const signer = tokenSigner()
    const uplink = generateKeyPairSync('ed25519')
    const uplinkKey = join(folder, 'uplink-key.pem')
    writeFileSync(uplinkKey, uplink.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const uplinkPublicPem = uplink.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const shards = String(options.shards ?? 1)
    const certificate = await makeCertificate(folder, 'localhost')
    const settings = { TOKEN_PUBLIC_KEY: signer.publicPem, UPLINK_PUBLIC_KEY: uplinkPublicPem, SHARDS: shards, ...options.edge }
    const [edgePort] = await freePorts(1)
    const edge = await startHouseEdge(folder, edgePort as number, settings)
    const core = await CoreProcess.start({
      tokenKey: signer.publicPem,
      env: {
        HAWSER_EDGE: edge.url.replace('http', 'ws'),
        HAWSER_EDGE_SHARDS: shards,
        HAWSER_UPLINK_KEY: uplinkKey,
        HAWSER_TLS_PORT: '0',
        HAWSER_TLS_CERT: certificate.certFile,
        HAWSER_TLS_KEY: certificate.keyFile,
        ...options.env,
      },
      ...(options.fill ? { fill: options.fill } : {}),
    }).catch(async (error: unknown) => {
      await edge.stop()
      throw error
    })
    const house = new House({ signer, core, edge, folder, edgeSettings: settings, certificate })
    await house.#bridged()
    return house
  }

  get edge(): Edge {
    return this.#edge
  }

  get edgeWsUrl(): string {
    return `${this.#edge.url.replace('http', 'ws')}/ws`
  }

  /** The core is ready before its uplinks are: a browser that comes in between waits for it, and wakes its shard once more to see whether it still does. */
  async #bridged(): Promise<void> {
    for (;;) {
      const { body } = await this.core.admin('/edge')
      if ((body as { uplinks: { owner: boolean }[] }).uplinks.every(({ owner }) => owner)) return
      await sleep(10)
    }
  }

  /** Ends workerd and starts it again on the same port and state. */
  async restartEdge(): Promise<void> {
    const port = Number(new URL(this.#edge.url).port)
    await this.#edge.stop()
    this.#edge = await startHouseEdge(this.#folder, port, this.#edgeSettings)
  }

  /** The address of a door as the SDK takes it. */
  url(door: DoorName): string {
    return { tcp: `tcp://${this.core.tcp}`, tls: `tls://${this.core.tls}`, ws: this.core.wsUrl, edge: this.edgeWsUrl }[door]
  }

  /** A bare connection by a door. At the edge a good token gets it past the upgrade. */
  async open(door: DoorName, user = 'somebody'): Promise<WirePeer> {
    switch (door) {
      case 'tcp':
        return WirePeer.tcp(this.core.tcp)
      case 'tls':
        return WirePeer.tls(this.core.tls, { ca: this.certificate.cert })
      case 'ws':
        return WirePeer.ws(this.core.wsUrl)
      case 'edge':
        return WirePeer.ws(this.edgeWsUrl, { token: await this.signer.token(user) })
    }
  }

  /** A connection that has logged in as the user, by default on a device of its own. */
  async login(door: DoorName, user: string, fields: Parameters<WirePeer['login']>[1] = {}): Promise<WirePeer> {
    const peer = await this.open(door, user)
    await peer.login(await this.signer.token(user), fields)
    return peer
  }

  async dispose(): Promise<void> {
    await this.core.dispose()
    await this.#edge.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function startHouseEdge(folder: string, port: number, settings: EdgeOptions['settings']): Promise<Edge> {
  return startEdge({ port, stateDir: join(folder, 'edge'), settings })
}
