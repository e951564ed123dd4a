import { z } from 'zod'
import { DEFAULT_MAX_FRAME_BYTES } from '../shared/frame.ts'
import { LOGIN_POLICIES } from './login-policy.ts'

const port = z.coerce.number().int().min(0).max(65535)
const milliseconds = z.coerce.number().int().min(1).max(3_600_000)
const bytes = (min: number, max: number) => z.coerce.number().int().min(min).max(max)
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean),
)

/**
 * Every setting of the core. The environment variable is HAWSER_ and the name in capitals,
 * the flag is the name with dashes: `tcpPort`, HAWSER_TCP_PORT, --tcp-port.
 */
export const SETTINGS = {
  host: { schema: z.string().min(1), default: '127.0.0.1', help: 'Address the doors listen on; 0.0.0.0 or :: for all.' },
  tcpPort: { schema: port, default: '7400', help: 'Port of the TCP door; 0 takes a free one.' },
  wsPort: { schema: port, default: '7401', help: 'Port of the WebSocket door; 0 takes a free one.' },
  data: { schema: z.string().min(1), default: './data', help: 'Folder of the log and the keys; made if it is not there.' },
  tokenKey: {
    schema: z.string(),
    default: '',
    help: "Public key that signs users' tokens (Ed25519, P-256 or RSA): a file, or PEM or JWK text. The key fixes the algorithm.",
  },
  tokenJwks: { schema: z.union([z.literal(''), z.url()]), default: '', help: "URL of a JWKS with the keys that sign users' tokens." },
  tokenSecret: { schema: z.string(), default: '', help: 'HS256 secret of at least 32 bytes instead of a public key.' },
  tokenIssuer: { schema: z.string().min(1), default: 'hawser', help: 'The "iss" that a token must have.' },
  tokenAudience: { schema: z.string().min(1), default: 'hawser', help: 'The "aud" that a token must have.' },
  edge: {
    schema: z.union([z.literal(''), z.url({ protocol: /^wss?$/ })]),
    default: '',
    help: 'URL of the edge to bridge to, wss://…; none if empty.',
  },
  edgeShards: { schema: z.coerce.number().int().min(1).max(1024), default: '1', help: 'How many bridge shards the edge has; its SHARDS.' },
  uplinkKey: {
    schema: z.string(),
    default: '',
    help: 'Ed25519 private key (PEM file) with which the core authenticates to the edge; by default uplink-key.pem in the data folder, made if missing.',
  },
  loginPolicy: {
    schema: z.enum(LOGIN_POLICIES),
    default: 'one-per-class',
    help: `Which sessions of a user a login ends: ${LOGIN_POLICIES.join(', ')}.`,
  },
  loginTimeoutMs: { schema: milliseconds, default: '10000', help: 'Time a peer has for its LOGIN.' },
  heartbeatTimeoutMs: { schema: milliseconds, default: '60000', help: 'A session from which nothing comes for this long is ended.' },
  maxFrameBytes: {
    schema: bytes(1024, 16 * 1024 * 1024),
    default: String(DEFAULT_MAX_FRAME_BYTES),
    help: 'Longest frame that is taken, in bytes.',
  },
  maxContentBytes: { schema: bytes(1, 8 * 1024 * 1024), default: '65536', help: 'Longest content of a message, in bytes.' },
  allowedOrigins: {
    schema: list,
    default: '',
    help: 'Origins whose pages may use the WebSocket door directly, by comma; the edge has its own list.',
  },
  logLevel: {
    schema: z.enum(['silent', 'error', 'warn', 'info', 'debug']),
    default: 'info',
    help: 'How much is logged, as JSON on stderr.',
  },
} as const

export type SettingName = keyof typeof SETTINGS
export type Settings = { readonly [K in SettingName]: z.output<(typeof SETTINGS)[K]['schema']> }

export const flagName = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
export const variableName = (name: string) => `HAWSER_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
