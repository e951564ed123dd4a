/**
 * The members of bench/group.ts, as a process of its own. Arguments: TCP address, edge URL, file with the
 * tokens of those online, how many members there are, bytes of a message. On stdin: `join`, then
 * `paced <messages>` (one after the other) and `burst <seconds>` (a few under way all the time); each
 * answers with a line of JSON.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { type BodyOf, Command } from '../../shared/commands.ts'
import { decodeBody, encodeFrame, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { subprotocolsFor } from '../../shared/subprotocol.ts'

const [address = '', edgeUrl = '', tokenFile = '', memberCount = '', bytes = ''] = process.argv.slice(2)
const [host = '', port = ''] = address.split(':')
const tokens = JSON.parse(readFileSync(tokenFile, 'utf8')) as string[]
const GROUP = 'group/bench'
const ADD_AT_ONCE = 500
const WINDOW = 8
const LOGINS_AT_ONCE = 50

interface Peer {
  send<C extends Command>(command: C, requestId: number, body: BodyOf<C>): void
}

/** Each message under way: when it was sent, and how many have it. */
const underWay = new Map<number, { readonly sentAt: number; arrived: number; readonly done: (latency: number) => void }>()
const acks = new Map<number, () => void>()
let sent = 0

function take(peer: Peer, frame: Frame, loggedIn: () => void): boolean {
  switch (frame.command) {
    case Command.LOGIN_ACK:
      loggedIn()
      break
    case Command.SEND_ACK:
      acks.get(frame.requestId)?.()
      break
    case Command.DELIVER: {
      const message = decodeBody(Command.DELIVER, frame.body)
      peer.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId: GROUP, seq: message.seq }] })
      if (!message.change) arrived(Buffer.from(message.content).readUInt32BE(0))
      break
    }
    case Command.ERROR:
      console.error(decodeBody(Command.ERROR, frame.body))
      process.exit(1)
  }
  return true
}

function arrived(index: number): void {
  const message = underWay.get(index)
  if (!message || ++message.arrived < tokens.length - 1) return
  underWay.delete(index)
  message.done(performance.now() - message.sentAt)
}

async function open(index: number): Promise<Peer> {
  const token = tokens[index] as string
  const decoder = new FrameDecoder(4 * 1024 * 1024)
  const { promise, resolve } = Promise.withResolvers<void>()
  const login = {
    token,
    deviceId: 'bench',
    deviceClass: DeviceClass.PHONE,
    instanceId: '',
    intent: Intent.PERSON,
    generation: 0,
    client: '',
    ticket: '',
  }
  let peer: Peer
  if (index % 2 === 0) {
    const socket = connect({ host, port: Number(port), noDelay: true })
    await once(socket, 'connect')
    peer = { send: (command, id, body) => socket.write(encodeFrame(command, id, body)) }
    socket.on('data', (chunk: Buffer) => decoder.push(chunk, (frame) => take(peer, frame, resolve)))
  } else {
    const socket = new WebSocket(edgeUrl, subprotocolsFor(token), { perMessageDeflate: false })
    await once(socket, 'open')
    peer = { send: (command, id, body) => socket.send(encodeFrame(command, id, body)) }
    socket.on('message', (data: Buffer) => decoder.push(data, (frame) => take(peer, frame, resolve)))
  }
  peer.send(Command.LOGIN, 1, login)
  await promise
  return peer
}

async function change(owner: Peer, body: BodyOf<typeof Command.SEND>['change'], requestId: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  acks.set(requestId, resolve)
  const nothing = { toUser: '', contentType: '', content: new Uint8Array(0) }
  owner.send(Command.SEND, requestId, { ...nothing, clientMessageId: `c${requestId}`, conversationId: GROUP, change: body })
  await promise
}

/** Resolves with the milliseconds until the last member has it. */
function post(owner: Peer): Promise<number> {
  const index = ++sent
  const content = Buffer.alloc(Math.max(4, Number(bytes)), 120)
  content.writeUInt32BE(index, 0)
  const { promise, resolve } = Promise.withResolvers<number>()
  underWay.set(index, { sentAt: performance.now(), arrived: 0, done: resolve })
  owner.send(Command.SEND, 1000 + index, {
    toUser: '',
    contentType: 'text/plain',
    content,
    clientMessageId: `m${index}`,
    conversationId: GROUP,
  })
  return promise
}

const peers: Peer[] = []
for (let i = 0; i < tokens.length; i += LOGINS_AT_ONCE) {
  peers.push(...(await Promise.all(tokens.slice(i, i + LOGINS_AT_ONCE).map((_, j) => open(i + j)))))
}
const owner = peers[0] as Peer

for await (const line of createInterface(process.stdin)) {
  const [what, amount] = line.split(' ')
  if (what === 'join') {
    await change(owner, { create: { name: 'Bench', description: '', avatar: '', attributes: [], members: [] } }, 2)
    for (let i = 1; i < Number(memberCount); i += ADD_AT_ONCE) {
      const users = Array.from({ length: Math.min(ADD_AT_ONCE, Number(memberCount) - i) }, (_, j) => `member-${i + j}`)
      await change(owner, { add: { users } }, 2 + i)
    }
    console.log('{}')
  } else if (what === 'paced') {
    const latencies: number[] = []
    for (let i = 0; i < Number(amount); i++) latencies.push(await post(owner))
    latencies.sort((a, b) => a - b)
    const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]
    console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), max: latencies.at(-1) }))
  } else {
    const started = performance.now()
    const end = started + Number(amount) * 1000
    let messages = 0
    await Promise.all(
      Array.from({ length: WINDOW }, async () => {
        for (; performance.now() < end; messages++) await post(owner)
      }),
    )
    const perSecond = (messages * (tokens.length - 1)) / ((performance.now() - started) / 1000)
    console.log(JSON.stringify({ messages, perSecond }))
  }
}
