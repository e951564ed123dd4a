import { Command } from '../../shared/commands.ts'
import { decodeBody, encodeFrame, HEADER_BYTES } from '../../shared/frame.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { subprotocolsFor } from '../../shared/subprotocol.ts'
import { BytePipe } from './byte-pipe.ts'
import { HawserAcks } from './hawser-acks.ts'
import { HawserClient } from './hawser-client.ts'
import { DeliverScan } from './hawser-deliver.ts'
import { HawserPulls } from './hawser-pulls.ts'
import { hawserToken } from './hawser-token.ts'
import type { Parse, Pipe } from './pipe.ts'
import type { Target, Wire, WireHandler } from './wire.ts'
import { WsPipe } from './ws-pipe.ts'

interface OpenHawser {
  readonly client: HawserClient
  readonly pulls: HawserPulls
}

type Connect = (parse: Parse, token: string) => Promise<Pipe>

async function openHawser(connect: Connect, { settings }: Target, user: string, handler: WireHandler): Promise<OpenHawser> {
  const token = hawserToken(settings.keyFile ?? '', user)
  const { promise, resolve } = Promise.withResolvers<void>()
  const delivers = new DeliverScan()
  const pipe = await connect((bytes, start, end) => {
    let at = start
    let delivered = 0
    while (end - at >= HEADER_BYTES) {
      const next = at + 4 + bytes.readUInt32BE(at)
      if (next > end) break
      const body = at + HEADER_BYTES
      const requestId = bytes.readUInt32BE(at + 8)
      switch (bytes[at + 5]) {
        case Command.SEND_ACK:
          if (!client.answered(requestId, undefined)) handler.acked(1)
          break
        case Command.DELIVER:
          delivers.scan(bytes, body, next)
          if (delivers.contentStart > 0) handler.delivered(bytes, delivers.contentStart)
          delivered++
          break
        case Command.SYNC_ACK:
          client.answered(requestId, decodeBody(Command.SYNC_ACK, Buffer.from(bytes.subarray(body, next))).page)
          break
        case Command.LOGIN_ACK:
          resolve()
          break
        case Command.GAP:
          pulls.gap(decodeBody(Command.GAP, bytes.subarray(body, next)).conversationId)
          break
        case Command.EVENT:
        case Command.PONG:
          break
        default:
          throw new Error(`command ${bytes[at + 5]}: ${JSON.stringify(bytes.toString('latin1', body, next))}`)
      }
      at = next
    }
    if (delivered > 0) acks.delivered(delivered)
    return at
  }, token)
  const client = new HawserClient(pipe, user)
  const acks = new HawserAcks(delivers, pipe)
  const pulls = new HawserPulls(client, delivers, acks, handler)
  const device = { deviceId: 'bench', deviceClass: DeviceClass.PHONE, instanceId: '', client: '' }
  pipe.write(encodeFrame(Command.LOGIN, 1, { token, ...device, intent: Intent.PERSON, generation: 0, ticket: '' }))
  await promise
  return { client, pulls }
}

const openTcp = (target: Target, user: string, handler: WireHandler): Promise<OpenHawser> =>
  openHawser((parse) => BytePipe.open(target.address, parse), target, user, handler)

export const openHawserTcp = async (target: Target, user: string, handler: WireHandler): Promise<HawserClient> =>
  (await openTcp(target, user, handler)).client

export const hawser: Wire = {
  open: openHawserTcp,
  returning: {
    /** The core knows users by their tokens. */
    async register() {},
    async open(target, user, from, handler) {
      const { client, pulls } = await openTcp(target, user, handler)
      await pulls.all(from)
      return client
    },
  },
}

/** By the WebSocket door of the core, or by the edge. */
export const hawserWs: Wire = {
  async open(target, user, handler) {
    const connect: Connect = (parse, token) =>
      WsPipe.open({ address: target.address, path: '/ws', protocols: subprotocolsFor(token) }, 'binary', parse)
    return (await openHawser(connect, target, user, handler)).client
  },
}
