import { setTimeout as sleep } from 'node:timers/promises'
import { Command, commandName } from '../../shared/commands.ts'
import { WirePeer } from '../support/wire-peer.ts'

/**
 * A process of its own: three users who go on working, one by each door. Each sends one message after the
 * other, and notes how long its ack takes, in milliseconds.
 */
const REST_MS = 5
const PING_MS = 20_000

export interface Door {
  readonly door: 'tcp' | 'ws' | 'edge'
  readonly address: string
  readonly token: string
}

const doors = JSON.parse(process.argv[2] ?? '[]') as Door[]
let seen = new Map<string, number[]>(doors.map(({ door }) => [door, []]))

async function work({ door, address, token }: Door): Promise<void> {
  const peer = door === 'tcp' ? await WirePeer.tcp(address) : await WirePeer.ws(address, door === 'edge' ? { token } : {})
  await peer.login(token)
  // H2: the heartbeat of a browser is the text `ping`.
  if (door === 'edge') setInterval(() => peer.text('ping'), PING_MS)
  for (let id = 2; ; id++) {
    const start = performance.now()
    const send = { clientMessageId: `${door}${id}`, toUser: 'nobody', conversationId: '', contentType: '', content: new Uint8Array(100) }
    const { command } = await peer.ask(Command.SEND, id, send)
    if (command !== Command.SEND_ACK) throw new Error(`a bystander by ${door} was answered by ${commandName(command)}`)
    seen.get(door)?.push(performance.now() - start)
    peer.frames.length = 0
    await sleep(REST_MS)
  }
}

process.on('message', () => {
  process.send?.(Object.fromEntries(seen))
  seen = new Map(doors.map(({ door }) => [door, []]))
})
process.on('disconnect', () => process.exit())
await Promise.all(doors.map(work))
