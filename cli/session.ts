import { hostname } from 'node:os'
import { type Client, type ClientOptions, ClosedError, connect } from '../client/node.ts'
import { userIdFault } from '../shared/conversation-id.ts'
import { devSigner, TOKEN_LIFETIME_MS } from './dev-keys.ts'
import { Failure, UsageError } from './exit.ts'
import { duration, type FlagValues, required } from './flags.ts'

export const DATA_FLAG = { value: 'DIR', help: 'Folder with the developer key', variable: 'HAWSER_DATA', default: './data' } as const
export const USER_FLAG = { value: 'NAME', help: 'Who you are' } as const

/** The flags of every command that talks to a server. */
export const SESSION_FLAGS = {
  user: USER_FLAG,
  url: { value: 'URL', help: 'tcp://, tls://, ws:// or wss://', variable: 'HAWSER_URL', default: 'tcp://127.0.0.1:7400' },
  token: { value: 'JWT', help: 'Your token, instead of one signed with the developer key', variable: 'HAWSER_TOKEN' },
  data: DATA_FLAG,
  timeout: { value: 'TIME', help: 'How long to wait for the server', default: '10s' },
} as const
export type SessionValues = FlagValues<typeof SESSION_FLAGS>

/** L3: as long as a device id may be. */
const MAX_DEVICE_ID = 64

/** Throws UsageError. */
export function userId(name: string, value: string | undefined): string {
  const user = required(name, value)
  const fault = userIdFault(user)
  if (fault) throw new UsageError(`--${name} ${fault}`)
  return user
}

/** A client that has begun to connect. Throws Failure where there is nothing to sign in with. */
export async function openClient(values: SessionValues, options: Partial<ClientOptions> = {}): Promise<Client> {
  const token = await tokenSource(values)
  try {
    return connect(values.url, {
      token,
      // One device for all of a user's command lines on this machine: they live side by side (L4).
      deviceId: `cli-${hostname()}`.slice(0, MAX_DEVICE_ID),
      deviceClass: 'terminal',
      client: 'hawser-cli',
      ...options,
    })
  } catch (cause) {
    throw new UsageError(`--url: ${(cause as Error).message}`, { cause })
  }
}

/** Resolves when the client is online. Throws Failure, the client closed, where that takes too long or is refused. */
export async function online(client: Client, values: SessionValues): Promise<void> {
  await inTime(client, values, client.ready(), () => {
    const why = client.failure?.message
    return `cannot connect to ${values.url} within ${values.timeout}${why ? `: ${why}` : ''}`
  })
}

/** What a client that is there for this alone is told; it is closed then. Throws Failure. */
export async function errand<T>(values: SessionValues, ask: (client: Client) => Promise<T>, tooLong = noAnswer(values)): Promise<T> {
  const client = await openClient(values, { receive: false })
  await online(client, values)
  const result = await inTime(client, values, ask(client), tooLong)
  await client.close()
  return result
}

const noAnswer = (values: SessionValues) => () => `no answer within ${values.timeout}`

/** What `work` resolves with. Throws Failure, the client closed, with why it failed or that it took too long. */
export async function inTime<T>(client: Client, values: SessionValues, work: Promise<T>, tooLong: () => string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Failure(tooLong())), duration('timeout', values.timeout))
  try {
    return await Promise.race([work, late.promise])
  } catch (cause) {
    work.catch(() => {}) // closing the client rejects it, and nobody waits for it any more
    await client.close()
    throw failure(cause as Error, values.url)
  } finally {
    clearTimeout(timer)
  }
}

/** An error as the one line that a person reads. */
export function failure(error: Error, url: string): Failure {
  if (error instanceof Failure) return error
  if (error instanceof ClosedError) return new Failure(`${url} ended it (${error.reason.code}): ${error.message}`, { cause: error })
  return new Failure(error.message, { cause: error })
}

async function tokenSource({ user, token, data }: SessionValues): Promise<ClientOptions['token']> {
  if (token) return token
  const name = userId('user', user)
  const sign = await devSigner(data)
  return async () => (await sign(name, TOKEN_LIFETIME_MS)).token
}
