/** The settings that the Worker takes as text; edge/env/env.ts says what they mean. */
export const EDGE_SETTINGS = [
  'TOKEN_PUBLIC_KEY',
  'TOKEN_JWKS_URL',
  'TOKEN_SECRET',
  'TOKEN_ISSUER',
  'TOKEN_AUDIENCE',
  'UPLINK_PUBLIC_KEY',
  'ALLOWED_ORIGINS',
  'SHARDS',
  'TRUSTED_PROXIES',
  'CONNECTS_PER_USER',
  'CONNECTS_PER_ADDRESS',
  'S3_BUCKET_URL',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'ATTACHMENT_SECRET',
  'MAX_ATTACHMENT_BYTES',
  'UPLOADS_PER_USER',
  'UPLOAD_STALL_SECONDS',
  'UPLOAD_BYTES_PER_USER_DAY',
  'UPLOAD_BYTES_PER_USER',
  'UPLOAD_BYTES_PER_DAY',
  'UPLOAD_BYTES',
  'UPLOADS_AT_ONCE',
  'ATTACHMENT_DAYS',
  'ATTACHMENT_FREE_BYTES',
] as const
export type EdgeSetting = (typeof EDGE_SETTINGS)[number]

/** As in wrangler.toml. */
export const COMPATIBILITY_DATE = '2026-11-17'
export const COMPATIBILITY_FLAGS: readonly string[] = ['no_web_socket_compression']

export interface WorkerdConfig {
  /** `host:port` to listen on. */
  readonly address: string
  /** The source of the Worker and of the small one behind its ASSETS binding. */
  readonly worker: string
  readonly assets: string
  /** Folders: the built page, and where the Durable Objects keep their databases. */
  readonly pageDir: string
  readonly objectsDir: string
  /** The folder of attachments, if they are kept on this machine. */
  readonly attachmentsDir: string | undefined
  /** `host:port` that tells how much is free there. */
  readonly freeSpace: string | undefined
  /** `host:port` of a core that hands out tokens for trying things out. */
  readonly devTokens: string | undefined
  /** The settings that are given, by name: workerd takes their values from its environment, so that no secret is in a file. */
  readonly settings: readonly EdgeSetting[]
}

/** The socket whose port workerd reports when it listens. */
export const SOCKET_NAME = 'http'

/** The configuration of `workerd serve`, as Cap'n Proto text: what wrangler.toml says, for one machine. */
export function workerdConfig(config: WorkerdConfig): string {
  const { devTokens, attachmentsDir, freeSpace } = config
  const bindings = [
    '(name = "SHARD", durableObjectNamespace = "BridgeShard")',
    '(name = "ATTACHMENT_BOOKS", durableObjectNamespace = "AttachmentBook")',
    '(name = "ASSETS", service = "assets")',
    ...(devTokens ? ['(name = "DEV_TOKENS", service = "dev-tokens")'] : []),
    ...(attachmentsDir ? ['(name = "ATTACHMENT_FILES", service = "attachments")'] : []),
    ...(freeSpace ? ['(name = "ATTACHMENT_SPACE", service = "free-space")'] : []),
    '(name = "DRAIN_KEY", fromEnvironment = "DRAIN_KEY")',
    ...config.settings.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
  ]
  const services = [
    `(name = "edge", worker = (
      modules = [(name = "worker.js", esModule = ${text(config.worker)})],
      ${compatibility()},
      bindings = [${bindings.join(', ')}],
      durableObjectNamespaces = [
        (className = "BridgeShard", uniqueKey = "hawser-bridge-shard", enableSql = true),
        (className = "AttachmentBook", uniqueKey = "hawser-attachment-book", enableSql = true)
      ],
      durableObjectStorage = (localDisk = "objects")
    ))`,
    `(name = "assets", worker = (
      modules = [(name = "assets.js", esModule = ${text(config.assets)})],
      ${compatibility()},
      bindings = [(name = "FILES", service = "page")]
    ))`,
    `(name = "page", disk = (path = ${text(config.pageDir)}))`,
    `(name = "objects", disk = (path = ${text(config.objectsDir)}, writable = true))`,
    ...(attachmentsDir ? [`(name = "attachments", disk = (path = ${text(attachmentsDir)}, writable = true))`] : []),
    ...(freeSpace ? [`(name = "free-space", external = (address = ${text(freeSpace)}, http = ()))`] : []),
    // The Worker fetches nothing but TOKEN_JWKS_URL, which may well be in a private network.
    '(name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true)))',
    ...(devTokens ? [`(name = "dev-tokens", external = (address = ${text(devTokens)}, http = ()))`] : []),
  ]
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(',\n    ')}
  ],
  sockets = [(name = "${SOCKET_NAME}", address = ${text(config.address)}, http = (), service = "edge")]
);
`
}

function compatibility(): string {
  return `compatibilityDate = ${text(COMPATIBILITY_DATE)}, compatibilityFlags = [${COMPATIBILITY_FLAGS.map(text).join(', ')}]`
}

/** A Cap'n Proto string literal. */
function text(value: string): string {
  const escaped = value.replace(/["\\]/g, '\\$&').replace(/\p{Cc}/gu, (control) => {
    return control === '\n'
      ? '\\n'
      : [...new TextEncoder().encode(control)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  })
  return `"${escaped}"`
}
