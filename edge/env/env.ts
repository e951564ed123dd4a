/** What the Worker is bound to: wrangler.toml on Cloudflare, edge/node/serve.node.ts elsewhere. */
export interface Env extends Settings {
  /** The bridge shards, one Durable Object each. */
  readonly SHARD: DurableObjectNamespace
  /** The web page. */
  readonly ASSETS: Fetcher
  /** The platform's rate limiter, asked with the browser's address before anything else is done; optional. */
  readonly CONNECT_LIMITER?: RateLimit
  /** Where attachments are kept, one of three: an R2 bucket, */
  readonly ATTACHMENTS?: R2Bucket
  /** a folder, by workerd's disk service, */
  readonly ATTACHMENT_FILES?: Fetcher
  /** Tells how many bytes are free where the folder is; not on Cloudflare. */
  readonly ATTACHMENT_SPACE?: Fetcher
  /** Shown by the process that runs workerd when it is about to end it; not on Cloudflare. */
  readonly DRAIN_KEY?: string | undefined
  /** A core that hands out tokens for trying things out; bound on a developer's machine only. */
  readonly DEV_TOKENS?: Fetcher
}

/** The settings, all text; an empty one counts as not set. */
export interface Settings {
  /** One of three says where the key of users' tokens is (docs/PROTOCOL.md, "Token and keys"): a PEM or JWK, */
  readonly TOKEN_PUBLIC_KEY?: string
  /** or the address of a JWKS, */
  readonly TOKEN_JWKS_URL?: string
  /** or an HS256 secret. */
  readonly TOKEN_SECRET?: string
  /** `hawser` by default. */
  readonly TOKEN_ISSUER?: string
  /** `hawser` by default. */
  readonly TOKEN_AUDIENCE?: string
  /** The public half of the cores' uplink key, PEM or JWK, or several of them (U1): PEMs one after the other, or a JWKS. */
  readonly UPLINK_PUBLIC_KEY?: string
  /** Origins that may connect besides the Worker's own, separated by commas. */
  readonly ALLOWED_ORIGINS?: string
  /** Addresses and networks of proxies before workerd, by comma, whose X-Forwarded-For is believed; not on Cloudflare. */
  readonly TRUSTED_PROXIES?: string
  /** How many bridge shards there are, 1 by default, or how many in each region: `weur:2,enam:4`. */
  readonly SHARDS?: string
  /** New sockets that one user may open in a minute, 120 by default; */
  readonly CONNECTS_PER_USER?: string
  /** and one address at one shard, 1200 by default. */
  readonly CONNECTS_PER_ADDRESS?: string
  /** or an S3-compatible storage: the address of its bucket, */
  readonly S3_BUCKET_URL?: string
  /** `auto` by default, */
  readonly S3_REGION?: string
  /** and the key that may read and write there. */
  readonly S3_ACCESS_KEY_ID?: string
  readonly S3_SECRET_ACCESS_KEY?: string
  /** Signs the edge's own links to attachments, which those in an S3-compatible storage do not need; at least 32 bytes. */
  readonly ATTACHMENT_SECRET?: string
  /** How large an attachment may be, 25 MiB by default. */
  readonly MAX_ATTACHMENT_BYTES?: string
  /** Uploads that one user may begin in a minute, 120 by default. */
  readonly UPLOADS_PER_USER?: string
  /** Bytes that one user may upload in 24 hours, 1 GiB by default, */
  readonly UPLOAD_BYTES_PER_USER_DAY?: string
  /** and in all, 10 GiB by default; */
  readonly UPLOAD_BYTES_PER_USER?: string
  /** and all users together in 24 hours, */
  readonly UPLOAD_BYTES_PER_DAY?: string
  /** and in all; no limit by default. */
  readonly UPLOAD_BYTES?: string
  /** What was uploaded counts in all for so many days: the age at which files are deleted. For ever by default. */
  readonly ATTACHMENT_DAYS?: string
  /** Uploads that one user may have under way, 16 by default. */
  readonly UPLOADS_AT_ONCE?: string
  /** Bytes that stay free on a folder's disk, 1 GiB by default. */
  readonly ATTACHMENT_FREE_BYTES?: string
  /** An upload ends that brings less than 64 KiB in so many seconds, 30 by default. */
  readonly UPLOAD_STALL_SECONDS?: string
}
