import { NatsPipe } from './nats-pipe.ts'
import type { Target } from './wire.ts'

/** Of the subscription to the API's answers. */
export const REPLIES = 3
const SHARED = 'bench'
/** How much may be on the way to a consumer; its default of 1000 would do as well. */
const MAX_ACK_PENDING = 10_000

export const subjectOf = (user: string): string => `m.${user}`
export const groupSubjectOf = (group: string): string => `g.${group}`
/** To which what is for a user is delivered. */
export const deliverSubjectOf = (user: string): string => `d.${user}`
const replySubjectOf = (user: string): string => `i.${user}`

/** A question to JetStream's API, and its answer. Throws what it refuses. */
export class JetStreamApi {
  readonly #pipe: NatsPipe
  readonly #user: string
  #answered: ((json: string) => void) | undefined

  constructor(pipe: NatsPipe, user: string) {
    this.#pipe = pipe
    this.#user = user
    pipe.write(`SUB ${replySubjectOf(user)} ${REPLIES}\r\n`)
  }

  answer(json: string): void {
    this.#answered?.(json)
  }

  async ask(subject: string, question: object): Promise<void> {
    const body = JSON.stringify(question)
    const { promise, resolve } = Promise.withResolvers<string>()
    this.#answered = resolve
    this.#pipe.write(`PUB $JS.API.${subject} ${replySubjectOf(this.#user)} ${Buffer.byteLength(body)}\r\n${body}\r\n`)
    const json = await promise
    if ((JSON.parse(json) as { error?: object }).error) throw new Error(`JetStream refuses ${subject}: ${json}`)
  }
}

/** Where users' messages are kept: all in one stream, or in one for each user. */
export type StreamLayout = 'one' | 'each'

const SUBJECTS: Readonly<Record<StreamLayout, readonly string[]>> = { one: ['m.>', 'g.>'], each: ['g.>'] }

function createStream(api: JetStreamApi, name: string, subjects: readonly string[]): Promise<void> {
  return api.ask(`STREAM.CREATE.${name}`, { name, subjects, storage: 'file', retention: 'limits', num_replicas: 1 })
}

/** Makes the stream that all share. */
export async function createSharedStream(address: string, layout: StreamLayout): Promise<void> {
  let api: JetStreamApi | undefined
  const pipe = await NatsPipe.open(address, ({ bytes, start, end }) => api?.answer(bytes.toString('latin1', start, end)))
  api = new JetStreamApi(pipe, 'setup')
  await createStream(api, SHARED, SUBJECTS[layout])
  pipe.close()
}

/** A durable push consumer, explicitly acknowledged, that delivers to the user's own subject. */
function createConsumer(api: JetStreamApi, user: string, stream: string, subject: string): Promise<void> {
  const name = `${user}-${stream}`
  return api.ask(`CONSUMER.DURABLE.CREATE.${stream}.${name}`, {
    stream_name: stream,
    config: {
      durable_name: name,
      deliver_subject: deliverSubjectOf(user),
      filter_subject: subject,
      deliver_policy: 'all',
      ack_policy: 'explicit',
      max_ack_pending: MAX_ACK_PENDING,
    },
  })
}

/** Has what is written to the user delivered. */
export async function receiveMessages(api: JetStreamApi, user: string, { settings }: Target): Promise<void> {
  if (settings.streams !== 'each') return createConsumer(api, user, SHARED, subjectOf(user))
  await createStream(api, `of-${user}`, [subjectOf(user)])
  await createConsumer(api, user, `of-${user}`, subjectOf(user))
}

/** Has what is published to a group delivered to the user. */
export function receiveGroup(api: JetStreamApi, user: string, group: string): Promise<void> {
  return createConsumer(api, user, SHARED, groupSubjectOf(group))
}
