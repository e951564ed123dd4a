import { Command } from '../../shared/commands.ts'
import { decodeBody, encodeFrame, HEADER_BYTES } from '../../shared/frame.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { subprotocolsFor } from '../../shared/subprotocol.ts'
import { BytePipe } from './byte-pipe.ts'
import { HawserAcks } from './hawser-acks.ts'
import { HawserClient } from './hawser-client.ts'
import { DeliverScan } from './hawser-deliver.ts'
import { hawserToken } from './hawser-token.ts'
import type { Parse, Pipe } from './pipe.ts'
import type { Target, Wire, WireHandler } from './wire.ts'
import { WsPipe } from './ws-pipe.ts'

const PAGE_MESSAGES = 200

type Connect = (parse: Parse, token: string) => Promise<Pipe>

async function openHawser(connect: Connect, { settings }: Target, user: string, handler: WireHandler): Promise<HawserClient> {
  const token = hawserToken(settings.keyFile ?? '', user)
  const { promise, resolve } = Promise.withResolvers<void>()
  const delivers = new DeliverScan()
  let client: HawserClient | undefined
  let acks: HawserAcks | undefined
  const pipe = await connect((bytes, start, end) => {
    let at = start
    let delivered = 0
    while (end - at >= HEADER_BYTES) {
      const next = at + 4 + bytes.readUInt32BE(at)
      if (next > end) break
      const body = at + HEADER_BYTES
      switch (bytes[at + 5]) {
        case Command.SEND_ACK:
          if (!client?.answered(undefined)) handler.acked(1)
          break
        case Command.DELIVER:
          delivers.scan(bytes, body, next)
          if (delivers.contentStart > 0) handler.delivered(bytes, delivers.contentStart)
          delivered++
          break
        case Command.SYNC_ACK:
          client?.answered(decodeBody(Command.SYNC_ACK, Buffer.from(bytes.subarray(body, next))).page)
          break
        case Command.LOGIN_ACK:
          resolve()
          break
        // What was held back would have to be pulled, which this load does not do.
        case Command.GAP:
          throw new Error(`${user} is a whole window behind: more came at once than a session holds, or the load has no processor`)
        case Command.EVENT:
        case Command.PONG:
          break
        default:
          throw new Error(`command ${bytes[at + 5]}: ${JSON.stringify(bytes.toString('latin1', body, next))}`)
      }
      at = next
    }
    if (delivered > 0) acks?.delivered(delivered)
    return at
  }, token)
  acks = new HawserAcks(delivers, pipe)
  const device = { deviceId: 'bench', deviceClass: DeviceClass.PHONE, instanceId: '', client: '' }
  pipe.write(encodeFrame(Command.LOGIN, 1, { token, ...device, intent: Intent.PERSON, generation: 0, ticket: '' }))
  await promise
  client = new HawserClient(pipe, user)
  return client
}

/** Pulls all of the conversation, as a client does that comes back. */
async function pull(client: HawserClient, from: string, handler: WireHandler): Promise<void> {
  let seq = 0
  for (let more = true; more; ) {
    const page = await client.page(from, seq, PAGE_MESSAGES)
    for (const message of page.messages) {
      seq = message.seq
      handler.delivered(message.content, 0)
    }
    if (page.messages.length > 0) client.acknowledge(page.conversationId, seq)
    more = page.more
  }
}

export const openHawserTcp = (target: Target, user: string, handler: WireHandler): Promise<HawserClient> =>
  openHawser((parse) => BytePipe.open(target.address, parse), target, user, handler)

export const hawser: Wire = {
  open: openHawserTcp,
  returning: {
    /** The core knows users by their tokens. */
    async register() {},
    async open(target, user, from, handler) {
      const client = await openHawserTcp(target, user, handler)
      await pull(client, from, handler)
      return client
    },
  },
}

/** By the WebSocket door of the core, or by the edge. */
export const hawserWs: Wire = {
  open(target, user, handler) {
    const connect: Connect = (parse, token) =>
      WsPipe.open({ address: target.address, path: '/ws', protocols: subprotocolsFor(token) }, 'binary', parse)
    return openHawser(connect, target, user, handler)
  },
}
