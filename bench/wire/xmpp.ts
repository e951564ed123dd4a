import type { Target, Wire, WireClient, WireHandler } from './wire.ts'
import { GREATER, SLASH, SPACE, XmppStream } from './xmpp-stream.ts'

/** The one domain of the server, and the resource of every client. */
export const DOMAIN = 'localhost'
export const ROOMS = `rooms.${DOMAIN}`
const RESOURCE = 'b'
const SM = 'urn:xmpp:sm:3'
const PASSWORD = 'password'
const SELF_PRESENCE = "code='110'"
const LETTER_A = 0x61
const LETTER_I = 0x69
const LETTER_M = 0x6d
const LETTER_P = 0x70
const LETTER_R = 0x72
const BODY = Buffer.from('<body>')
const MESSAGE_END = Buffer.from('</message>')
const ERROR_TYPE = Buffer.from("type='error'")
const QUOTED_H = Buffer.from("h='")
const REQUEST = `<r xmlns='${SM}'/>`

/** A <message> whose content is put in anew each time. */
class Stanza {
  readonly address: string
  readonly #bytes: Buffer
  readonly #contentAt: number

  constructor(address: string, type: 'chat' | 'groupchat', contentBytes: number) {
    this.address = address
    const head = `<message to='${address}' type='${type}'><body>`
    this.#bytes = Buffer.from(`${head}${' '.repeat(contentBytes)}</body></message>`, 'latin1')
    this.#contentAt = head.length
  }

  with(content: Uint8Array): Buffer {
    this.#bytes.set(content, this.#contentAt)
    return this.#bytes
  }
}

class XmppClient implements WireClient {
  readonly #stream: XmppStream
  readonly #user: string
  /** Stanzas said since stream management began that are no messages: their acknowledgements are not counted. */
  #others: number
  #acked = 0
  #stanza: Stanza | undefined
  #requested = false
  readonly #request = (): void => {
    this.#requested = false
    this.#stream.write(REQUEST)
  }

  constructor(stream: XmppStream, user: string, others: number) {
    this.#stream = stream
    this.#user = user
    this.#others = others
  }

  send(to: string, content: Uint8Array): void {
    const address = `${to}@${DOMAIN}/${RESOURCE}`
    if (this.#stanza?.address !== address) this.#stanza = new Stanza(address, 'chat', content.length)
    this.#say(this.#stanza.with(content))
  }

  /** A room that everybody may enter, whose members are not told of each other. */
  async found(group: string): Promise<void> {
    await this.join(group)
  }

  async join(group: string): Promise<void> {
    this.#others++
    const history = `<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>`
    await this.#stream.ask(`<presence to='${group}@${ROOMS}/${this.#user}'>${history}</presence>`, SELF_PRESENCE)
  }

  publish(group: string, content: Uint8Array): void {
    const address = `${group}@${ROOMS}`
    if (this.#stanza?.address !== address) this.#stanza = new Stanza(address, 'groupchat', content.length)
    this.#say(this.#stanza.with(content))
  }

  heartbeat(): void {
    this.#stream.write(' ')
  }

  close(): void {
    this.#stream.close()
  }

  /** How many more messages the server has handled when it says that it has handled so many stanzas. */
  newlyAcked(handled: number): number {
    const more = handled - this.#others - this.#acked
    if (more <= 0) return 0
    this.#acked += more
    return more
  }

  /** One request for an acknowledgement follows all stanzas of a turn of the event loop. */
  #say(stanza: Buffer): void {
    if (!this.#requested) {
      this.#requested = true
      // It is run before the turn's write, which is queued with the first stanza.
      process.nextTick(this.#request)
    }
    this.#stream.writeBytes(stanza)
  }
}

const HEADER = `<?xml version='1.0'?><stream:stream to='${DOMAIN}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`
/** Accounts made by this process. */
const registered = new Set<string>()

async function register(stream: XmppStream, user: string): Promise<void> {
  const account = `<username>${user}</username><password>${PASSWORD}</password>`
  await stream.ask(`<iq type='set' id='account'><query xmlns='jabber:iq:register'>${account}</query></iq>`, "id='account'")
  registered.add(user)
}

async function login(stream: XmppStream, user: string): Promise<void> {
  await stream.ask(HEADER, '<stream:features')
  if (!registered.has(user)) await register(stream, user)
  const plain = Buffer.from(`\0${user}\0${PASSWORD}`).toString('base64')
  await stream.ask(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`, '<success')
  await stream.ask(HEADER, '<stream:features')
  const bind = `<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${RESOURCE}</resource></bind></iq>`
  await stream.ask(bind, "id='bind'")
  await stream.ask(`<enable xmlns='${SM}'/>`, '<enabled')
}

async function openXmpp({ address }: Target, user: string, handler: WireHandler): Promise<XmppClient> {
  let handled = 0
  let stream: XmppStream | undefined
  let client: XmppClient | undefined
  const opened = await XmppStream.connect(address, (bytes, start) => {
    switch (bytes[start + 1]) {
      case LETTER_R:
        if (isOneLetter(bytes, start)) stream?.write(`<a xmlns='${SM}' h='${handled}'/>`)
        return
      case LETTER_A: {
        if (!isOneLetter(bytes, start)) return
        const at = bytes.indexOf(QUOTED_H, start) + QUOTED_H.length
        const more = client?.newlyAcked(Number.parseInt(bytes.toString('latin1', at, at + 10), 10)) ?? 0
        if (more > 0) handler.acked(more)
        return
      }
      case LETTER_M: {
        handled++
        const body = bytes.indexOf(BODY, start)
        const end = bytes.indexOf(MESSAGE_END, start)
        if (bytes.indexOf(ERROR_TYPE, start) === start + 9) throw new Error(bytes.toString('latin1', start, end))
        // A room's subject has none.
        if (body >= 0 && body < end) handler.delivered(bytes, body + BODY.length)
        return
      }
      case LETTER_I:
      case LETTER_P:
        handled++
    }
  })
  stream = opened
  await login(opened, user)
  handled = 0
  opened.write('<presence/>')
  client = new XmppClient(opened, user, 1)
  return client
}

const isOneLetter = (bytes: Buffer, start: number): boolean => {
  const second = bytes[start + 2] as number
  return second <= SPACE || second === SLASH || second === GREATER
}

/** Stanzas with stream management (XEP-0198) both ways. */
export const xmpp: Wire = {
  open: openXmpp,
  returning: {
    async register(target, user) {
      const client = await openXmpp(target, user, { acked() {}, delivered() {} })
      client.close()
    },
    open: (target, user, _from, handler) => openXmpp(target, user, handler),
  },
}
