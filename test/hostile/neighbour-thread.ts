import { setTimeout } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Command, commandName } from '../../shared/commands.ts'
import type { Frame } from '../../shared/frame.ts'
import { WirePeer } from '../support/wire-peer.ts'

/** Between two measurements: a neighbour is no flood. */
const REST_MS = 5

/**
 * A well-behaved user on a thread of its own, so that a busy attacker in the test's thread
 * does not count as the core's slowness. Asks one PING and one SEND after another, and
 * tells how long each took, in milliseconds.
 */
const { address, token } = workerData as { address: string; token: string }
const peer = await WirePeer.tcp(address)
await peer.login(token)
let requestId = 1

async function roundTrip(answer: Command, ask: (requestId: number) => Promise<Frame>): Promise<number> {
  const start = performance.now()
  const { command } = await ask(++requestId)
  if (command !== answer) throw new Error(`the neighbour was answered by ${commandName(command)}`)
  return performance.now() - start
}

async function measure(): Promise<{ ping: number; send: number }> {
  const ping = await roundTrip(Command.PONG, (id) => peer.ask(Command.PING, id, {}))
  const send = await roundTrip(Command.SEND_ACK, (id) =>
    peer.ask(Command.SEND, id, {
      clientMessageId: `n${id}`,
      toUser: 'nobody',
      conversationId: '',
      contentType: '',
      content: new Uint8Array(100),
    }),
  )
  return { ping, send }
}

for (;;) {
  parentPort?.postMessage(await measure())
  await setTimeout(REST_MS)
}
