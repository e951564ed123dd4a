import { z } from 'zod'
import { DEFAULT_MAX_FRAME_BYTES } from '../../shared/frame.ts'
import { parseShards, shardNames } from '../../shared/shards.ts'
import { parseNetworks } from '../limits/ip-address.ts'
import { parseLoginPolicy } from '../login/login-policy.ts'

/** A whole number, and in words what it is not. */
const whole = (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  z.string().transform((text, context) => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= max) return value
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`
    context.addIssue({ code: 'custom', message: `it is no whole number ${range}` })
    return z.NEVER
  })
const count = whole(1)
const file = z.string()
const port = whole(0, 65_535)
const milliseconds = whole(1, 3_600_000)
const bytes = whole
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean),
)

/** As browsers write them: scheme, host and port, and nothing after it. */
const origins = list.superRefine((entries, context) => {
  for (const entry of entries) {
    const { origin } = URL.parse(entry) ?? {}
    if (origin !== entry) context.addIssue({ code: 'custom', message: `"${entry}" is no origin, as in https://chat.example.com` })
  }
})

const networks = list.superRefine((entries, context) => {
  try {
    parseNetworks(entries)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

const loginPolicy = z.string().transform((text, context) => {
  try {
    return parseLoginPolicy(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})

/** The names of the shards. */
const shards = z.string().transform((text, context) => {
  try {
    return shardNames(parseShards(text))
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})

/**
 * Every setting of the core. The environment variable is HAWSER_ and the name in capitals,
 * the flag is the name with dashes: `tcpPort`, HAWSER_TCP_PORT, --tcp-port.
 */
export const SETTINGS = {
  host: { schema: z.string().min(1), default: '127.0.0.1', help: 'Address the doors listen on; 0.0.0.0 or :: for all.' },
  tcpPort: { schema: port, default: '7400', help: 'Port of the TCP door; 0 takes a free one.' },
  wsPort: { schema: port, default: '7401', help: 'Port of the WebSocket door; 0 takes a free one.' },
  data: { schema: z.string().min(1), default: './data', help: 'Folder of the log and the keys; made if it is not there.' },
  newLog: {
    schema: z.enum(['', 'yes']),
    default: '',
    help: 'yes lets a core begin a new log where the one of its folder is missing; for one start.',
  },
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
  edgeShards: { schema: shards, default: '1', help: 'How many bridge shards the edge has, or how many in each region; its SHARDS.' },
  uplinkKey: {
    schema: z.string(),
    default: '',
    help: 'Ed25519 private key (PEM file) with which the core authenticates to the edge; by default uplink-key.pem in the data folder, made if missing.',
  },
  loginPolicy: {
    schema: loginPolicy,
    default: 'phone:1,tablet:1,desktop:3,web:5',
    help: 'On how many devices of a class a user may be at a time, and `all` for whatever class; of one too many the oldest is ended. A class that is not named has no count. Also one-per-class, single or multiple.',
  },
  loginTimeoutMs: { schema: milliseconds, default: '10000', help: 'Time a peer has for its LOGIN.' },
  ticketDays: {
    schema: whole(1, 30),
    default: '7',
    help: "Days that a session's ticket holds after its token was checked, where the token does not end before.",
  },
  heartbeatTimeoutMs: { schema: milliseconds, default: '60000', help: 'A session from which nothing comes for this long is ended.' },
  ackTimeoutMs: {
    schema: milliseconds,
    default: '30000',
    help: 'What a client has not acknowledged for this long it is told to pull again; after the third time in a row the session is stalled.',
  },
  maxFrameBytes: {
    schema: bytes(256 * 1024, 16 * 1024 * 1024),
    default: String(DEFAULT_MAX_FRAME_BYTES),
    help: 'Longest frame, in bytes: at least 262144, and 196608 more than HAWSER_MAX_CONTENT_BYTES, so that every answer has room; with HAWSER_EDGE at most 1048576.',
  },
  maxContentBytes: { schema: bytes(1, 8 * 1024 * 1024), default: '65536', help: 'Longest content of a message, in bytes.' },
  allowedOrigins: {
    schema: origins,
    default: '',
    help: 'Origins whose pages may use the WebSocket door directly, by comma; the edge has its own list.',
  },
  tlsPort: { schema: z.union([z.literal(''), port]), default: '', help: 'Port of the TLS door; none if empty.' },
  tlsCert: { schema: file, default: '', help: 'PEM file of the certificate chain of the TLS door. SIGHUP reads it again.' },
  tlsKey: { schema: file, default: '', help: "PEM file of the certificate's private key." },
  tlsClientCa: {
    schema: file,
    default: '',
    help: 'PEM file of the authorities whose client certificates are required; no client certificates if empty.',
  },
  proxyFrom: {
    schema: networks,
    default: '',
    help: 'Addresses and networks of balancers, by comma, that put a PROXY header (version 2) before each TCP and TLS connection, and X-Forwarded-For into WebSocket upgrades; nobody else may.',
  },
  exemptNetworks: {
    schema: networks,
    default: '127.0.0.0/8,::1',
    help: 'Addresses and networks, by comma, whose connections are not counted against the limits per address and network.',
  },
  connectionsPerAddress: { schema: count, default: '1000', help: 'Connections that one address may have.' },
  connectsPerAddressPerMinute: { schema: count, default: '1200', help: 'New connections that one address may make in a minute.' },
  connectsPerNetworkPerMinute: {
    schema: count,
    default: '6000',
    help: 'New connections from one network (/24 in IPv4, /64 in IPv6) in a minute.',
  },
  unauthenticatedConnections: { schema: count, default: '5000', help: 'Connections that may wait for their LOGIN, in all.' },
  sessionsPerUser: { schema: count, default: '50', help: 'Sessions that one user may have.' },
  sessionPacketsPerSecond: { schema: count, default: '2000', help: 'Frames that one session may send in a second.' },
  sessionBytesPerSecond: { schema: count, default: '8388608', help: 'Bytes that one session may send in a second.' },
  userPacketsPerSecond: { schema: count, default: '4000', help: 'Frames that all sessions of one user may send in a second.' },
  userBytesPerSecond: { schema: count, default: '16777216', help: 'Bytes that all sessions of one user may send in a second.' },
  userMillisecondsPerSecond: {
    schema: count,
    default: '250',
    help: 'Milliseconds of the event loop that what all sessions of one user send, and its delivery, may take in a second.',
  },
  userReadMillisecondsPerSecond: {
    schema: count,
    default: '300',
    help: 'Milliseconds of reading the log that the requests of all sessions of one user may take in a second; five times as much at once.',
  },
  maxLoopDelayMs: {
    schema: milliseconds,
    default: '200',
    help: 'Mean delay of the event loop above which new logins are asked to come back later.',
  },
  maxMemoryMb: {
    schema: whole(0),
    default: '0',
    help: 'Resident memory in MiB above which new logins are asked to come back later; 0 for no limit.',
  },
  idRetentionDays: {
    schema: whole(0, 36_500),
    default: '0',
    help: 'Days after which a client message id is forgotten and may stand for another message; 0 keeps it as long as the message.',
  },
  editSeconds: { schema: count, default: '86400', help: 'Seconds for which a message may be edited, where its group says nothing.' },
  recallSeconds: { schema: count, default: '86400', help: 'Seconds for which a message may be taken back, where its group says nothing.' },
  maxGroupMembers: { schema: count, default: '100000', help: 'Members that a group may have.' },
  messagesFrom: {
    schema: z.enum(['everyone', 'contacts']),
    default: 'everyone',
    help: 'Whose 1:1 messages a user takes: everyone, or contacts only.',
  },
  addedBy: {
    schema: z.enum(['everyone', 'contacts', 'nobody']),
    default: 'everyone',
    help: 'Who may make a user a member of a group, where the user does not say so himself.',
  },
  maxAddedADay: { schema: count, default: '500', help: 'Groups into which others may put one user in a day.' },
  maxGroupsAddedTo: { schema: count, default: '2000', help: 'Groups that a user may be in before nobody can put him into another.' },
  maxAddsADay: { schema: count, default: '100000', help: 'Users that one user may put into groups in a day.' },
  policyUrl: {
    schema: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
    default: '',
    help: 'URL of a service that says who may message whom; none if empty.',
  },
  policyTimeoutMs: { schema: milliseconds, default: '2000', help: 'Time that service has for an answer.' },
  policyFailure: {
    schema: z.enum(['open', 'closed']),
    default: 'closed',
    help: 'What becomes of messages when that service does not answer: open lets them pass, closed has them sent again later.',
  },
  search: {
    schema: z.enum(['on', 'off']),
    default: 'on',
    help: 'Whether users can search their messages; on, an index of their words is kept.',
  },
  drainReturnMs: {
    schema: whole(0, 3_600_000),
    default: '3000',
    help: 'On a stop, clients are asked to stay away at least this long: what a restart takes.',
  },
  drainSpreadMs: {
    schema: whole(0, 3_600_000),
    default: '5000',
    help: 'Clients come back spread over this time, counted from when the first may.',
  },
  adminPort: { schema: port, default: '7402', help: 'Port of the admin HTTP door; 0 takes a free one.' },
  adminHost: { schema: z.string().min(1), default: '127.0.0.1', help: 'Address of the admin HTTP door.' },
  adminKey: {
    schema: z.union([z.literal(''), z.string().min(16)]),
    default: '',
    help: 'Key that the admin door requires, of at least 16 characters; by default the one in admin.key in the data folder, made if missing.',
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
