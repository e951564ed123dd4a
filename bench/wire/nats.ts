import { NatsPipe, Publication } from './nats-pipe.ts'
import type { Wire, WireClient } from './wire.ts'

const MESSAGES = 1
const ACKS = 2
const GROUP = 3
const subjectOf = (user: string): string => `m.${user}`
const groupSubjectOf = (group: string): string => `g.${group}`
const ackSubjectOf = (user: string): string => `a.${user}`

class NatsClient implements WireClient {
  readonly #pipe: NatsPipe
  readonly #user: string
  #publication: Publication | undefined
  readonly #acked: () => void

  constructor(pipe: NatsPipe, user: string, acked: () => void) {
    this.#pipe = pipe
    this.#user = user
    this.#acked = acked
  }

  send(to: string, content: Uint8Array): void {
    const subject = subjectOf(to)
    if (this.#publication?.subject !== subject) this.#publication = new Publication(subject, ackSubjectOf(this.#user), content.length)
    this.#pipe.writeBytes(this.#publication.with(content))
  }

  async found(): Promise<void> {}

  async join(group: string): Promise<void> {
    this.#pipe.write(`SUB ${groupSubjectOf(group)} ${GROUP}\r\n`)
    await this.#pipe.synced()
  }

  /** A thousand replies would answer for one message: here it is the server, by PONG, that has taken it in. */
  publish(group: string, content: Uint8Array): void {
    const subject = groupSubjectOf(group)
    if (this.#publication?.subject !== subject) this.#publication = new Publication(subject, '', content.length)
    this.#pipe.writeBytes(this.#publication.with(content))
    this.#pipe.ping(this.#acked)
  }

  heartbeat(): void {
    this.#pipe.ping(() => {})
  }

  close(): void {
    this.#pipe.close()
  }
}

/** Core NATS: the server acknowledges nothing, so the receiver replies to the sender. */
export const nats: Wire = {
  async open({ address }, user, handler) {
    let opened: NatsPipe | undefined
    const pipe = await NatsPipe.open(address, ({ bytes, sid, replyStart, replyEnd, start }) => {
      if (sid === ACKS) return handler.acked(1)
      handler.delivered(bytes, start)
      if (sid === MESSAGES) opened?.write(`PUB ${bytes.toString('latin1', replyStart, replyEnd)} 0\r\n\r\n`)
    })
    opened = pipe
    pipe.write(`SUB ${subjectOf(user)} ${MESSAGES}\r\nSUB ${ackSubjectOf(user)} ${ACKS}\r\n`)
    await pipe.synced()
    return new NatsClient(pipe, user, () => handler.acked(1))
  },
}
