import { deliverSubjectOf, groupSubjectOf, JetStreamApi, REPLIES, receiveGroup, receiveMessages, subjectOf } from './jet-stream-api.ts'
import { NatsPipe, Publication } from './nats-pipe.ts'
import type { Target, Wire, WireClient, WireHandler } from './wire.ts'

const MESSAGES = 1
const ACKS = 2
const LETTER_S = 0x73
/** First letter of a user who is written to. */
const RECEIVER = 'r'

const ackSubjectOf = (user: string): string => `a.${user}`

class JetStreamClient implements WireClient {
  readonly #pipe: NatsPipe
  readonly #user: string
  readonly #api: JetStreamApi
  #publication: Publication | undefined

  constructor(pipe: NatsPipe, user: string, api: JetStreamApi) {
    this.#pipe = pipe
    this.#user = user
    this.#api = api
  }

  send(to: string, content: Uint8Array): void {
    this.#publish(subjectOf(to), content)
  }

  async found(): Promise<void> {}

  join(group: string): Promise<void> {
    return receiveGroup(this.#api, this.#user, group)
  }

  publish(group: string, content: Uint8Array): void {
    this.#publish(groupSubjectOf(group), content)
  }

  heartbeat(): void {
    this.#pipe.ping(() => {})
  }

  close(): void {
    this.#pipe.close()
  }

  #publish(subject: string, content: Uint8Array): void {
    if (this.#publication?.subject !== subject) this.#publication = new Publication(subject, ackSubjectOf(this.#user), content.length)
    this.#pipe.writeBytes(this.#publication.with(content))
  }
}

interface Opened {
  readonly pipe: NatsPipe
  readonly api: JetStreamApi
}

async function openJetStream({ address }: Target, user: string, handler: WireHandler): Promise<Opened> {
  let api: JetStreamApi | undefined
  let opened: NatsPipe | undefined
  const pipe = await NatsPipe.open(address, ({ bytes, sid, replyStart, replyEnd, start, end }) => {
    if (sid === ACKS) {
      // {"error":… instead of {"stream":…
      if (bytes[start + 2] !== LETTER_S) throw new Error(`JetStream refuses a message: ${bytes.toString('latin1', start, end)}`)
      handler.acked(1)
    } else if (sid === REPLIES) api?.answer(bytes.toString('latin1', start, end))
    else {
      handler.delivered(bytes, start)
      opened?.write(`PUB ${bytes.toString('latin1', replyStart, replyEnd)} 4\r\n+ACK\r\n`)
    }
  })
  opened = pipe
  api = new JetStreamApi(pipe, user)
  pipe.write(`SUB ${ackSubjectOf(user)} ${ACKS}\r\n`)
  return { pipe, api }
}

/** What is waiting for the user comes from here on. */
async function receive({ pipe }: Opened, user: string): Promise<void> {
  pipe.write(`SUB ${deliverSubjectOf(user)} ${MESSAGES}\r\n`)
  await pipe.synced()
}

/** Publish with PubAck; each receiver a durable consumer that acknowledges each message. */
export const jetStream: Wire = {
  async open(target, user, handler) {
    const opened = await openJetStream(target, user, handler)
    await receive(opened, user)
    // A consumer costs the server, so only those that are written to have one.
    if (user.startsWith(RECEIVER)) await receiveMessages(opened.api, user, target)
    return new JetStreamClient(opened.pipe, user, opened.api)
  },
  returning: {
    async register(target, user) {
      const { pipe, api } = await openJetStream(target, user, { acked() {}, delivered() {} })
      await receiveMessages(api, user, target)
      pipe.close()
    },
    async open(target, user, _from, handler) {
      const opened = await openJetStream(target, user, handler)
      await receive(opened, user)
      return new JetStreamClient(opened.pipe, user, opened.api)
    },
  },
}
