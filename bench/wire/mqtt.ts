import { BytePipe } from './byte-pipe.ts'
import type { Target, Wire, WireClient, WireHandler } from './wire.ts'

/** The first byte of each packet of MQTT 3.1.1, with its flags as they are used here. */
const CONNECT = 0x10
const CONNACK = 0x20
const PUBLISH_QOS_1 = 0x32
const PUBACK = 0x40
const SUBSCRIBE = 0x82
const SUBACK = 0x90
const PINGREQ = 0xc0
const PINGRESP = 0xd0
const DISCONNECT = 0xe0
const TYPE = 0xf0
const CLEAN_SESSION = 2
const KEPT_SESSION = 0
const PROTOCOL_LEVEL = 4
const KEEP_ALIVE_OFF = Buffer.of(0, 0)
const QOS_1 = 1
const LAST_PACKET_ID = 65_535

const text = (value: string): Buffer => {
  const bytes = Buffer.from(`\0\0${value}`)
  bytes.writeUInt16BE(bytes.length - 2, 0)
  return bytes
}

function packet(first: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const length: number[] = []
  for (let rest = body.length; ; ) {
    const byte = rest & 127
    rest >>>= 7
    length.push(rest > 0 ? byte | 128 : byte)
    if (rest === 0) break
  }
  return Buffer.concat([Buffer.of(first, ...length), body])
}

const topicOf = (user: string): string => `u/${user}`

const groupTopicOf = (group: string): string => `g/${group}`

/** A client's subscriptions, one asked for at a time. */
class Subscriptions {
  readonly #pipe: BytePipe
  #granted: (() => void) | undefined

  constructor(pipe: BytePipe) {
    this.#pipe = pipe
  }

  add(topic: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#granted = resolve
    this.#pipe.write(packet(SUBSCRIBE, Buffer.of(0, 1), text(topic), Buffer.of(QOS_1)))
    return promise
  }

  granted(): void {
    this.#granted?.()
  }
}

class MqttClient implements WireClient {
  readonly #pipe: BytePipe
  readonly #subscriptions: Subscriptions
  #topic = ''
  #publish: Buffer = Buffer.alloc(0)
  #idAt = 0
  #id = 0

  constructor(pipe: BytePipe, subscriptions: Subscriptions) {
    this.#pipe = pipe
    this.#subscriptions = subscriptions
  }

  send(to: string, content: Uint8Array): void {
    this.#send(topicOf(to), content)
  }

  async found(): Promise<void> {}

  join(group: string): Promise<void> {
    return this.#subscriptions.add(groupTopicOf(group))
  }

  publish(group: string, content: Uint8Array): void {
    this.#send(groupTopicOf(group), content)
  }

  heartbeat(): void {
    this.#pipe.write(Buffer.of(PINGREQ, 0))
  }

  close(): void {
    this.#pipe.close()
  }

  disconnect(): void {
    this.#pipe.write(Buffer.of(DISCONNECT, 0))
    this.#pipe.end()
  }

  #send(topic: string, content: Uint8Array): void {
    if (topic !== this.#topic) {
      this.#topic = topic
      this.#publish = packet(PUBLISH_QOS_1, text(topic), Buffer.alloc(2), content)
      this.#idAt = this.#publish.length - content.length - 2
    }
    this.#id = this.#id === LAST_PACKET_ID ? 1 : this.#id + 1
    this.#publish.writeUInt16BE(this.#id, this.#idAt)
    this.#publish.set(content, this.#idAt + 2)
    this.#pipe.write(this.#publish)
  }
}

/** `cleanSession` 0 has the broker keep what it has for the user while the user is away. */
async function openMqtt({ address }: Target, user: string, cleanSession: 0 | 2, handler: WireHandler): Promise<MqttClient> {
  const { promise: connected, resolve } = Promise.withResolvers<void>()
  const puback = Buffer.of(PUBACK, 2, 0, 0)
  let opened: BytePipe | undefined
  let subscriptions: Subscriptions | undefined
  const pipe = await BytePipe.open(address, (bytes, start, end) => {
    let at = start
    while (end - at >= 2) {
      let from = at + 1
      let length = 0
      let byte = 128
      for (let scale = 1; byte > 127 && from < end; scale *= 128) {
        byte = bytes[from++] as number
        length += (byte & 127) * scale
      }
      if (byte > 127 || from + length > end) break
      switch ((bytes[at] as number) & TYPE) {
        case PUBACK:
          handler.acked(1)
          break
        case PUBLISH_QOS_1 & TYPE: {
          const id = from + 2 + bytes.readUInt16BE(from)
          handler.delivered(bytes, id + 2)
          puback[2] = bytes[id] as number
          puback[3] = bytes[id + 1] as number
          opened?.write(puback)
          break
        }
        case CONNACK:
          if (bytes[from + 1] !== 0) throw new Error(`CONNACK says ${bytes[from + 1]}`)
          resolve()
          break
        case SUBACK & TYPE:
          subscriptions?.granted()
          break
        case PINGRESP:
          break
        default:
          throw new Error(`MQTT packet ${bytes[at]}`)
      }
      at = from + length
    }
    return at
  })
  opened = pipe
  subscriptions = new Subscriptions(pipe)
  pipe.write(packet(CONNECT, text('MQTT'), Buffer.of(PROTOCOL_LEVEL, cleanSession), KEEP_ALIVE_OFF, text(user)))
  await connected
  // Granted again at once where the broker knows it.
  await subscriptions.add(topicOf(user))
  return new MqttClient(pipe, subscriptions)
}

/** QoS 1 both ways: PUBACK from the server for what is sent, and from the client for what arrives. */
export const mqtt: Wire = {
  open: (target, user, handler) => openMqtt(target, user, CLEAN_SESSION, handler),
  returning: {
    async register(target, user) {
      const client = await openMqtt(target, user, KEPT_SESSION, { acked() {}, delivered() {} })
      client.disconnect()
    },
    open: (target, user, _from, handler) => openMqtt(target, user, KEPT_SESSION, handler),
  },
}
