/**
 * One session stops acknowledging while --messages messages arrive for it: what the core's
 * memory does, what its neighbours feel, and whether everything is there once it reads. The
 * same traffic goes to a reader that acknowledges first: that is the undisturbed value.
 */
import { parseArgs } from 'node:util'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { Direction } from '../../shared/gen/hawser.ts'
import { CoreProcess } from '../support/core-process.ts'
import { rssBytes } from '../support/process-memory.ts'
import { tokenSigner } from '../support/tokens.ts'
import { WirePeer } from '../support/wire-peer.ts'

const { values } = parseArgs({ options: { messages: { type: 'string', default: '100000' } } })
const MESSAGES = Number(values.messages)
const WINDOW = 100
const UNLIMITED = '1000000000'

const signer = tokenSigner()
const core = await CoreProcess.start({
  tokenKey: signer.publicPem,
  env: {
    HAWSER_SESSION_PACKETS_PER_SECOND: UNLIMITED,
    HAWSER_USER_PACKETS_PER_SECOND: UNLIMITED,
    HAWSER_SESSION_BYTES_PER_SECOND: UNLIMITED,
    HAWSER_USER_BYTES_PER_SECOND: UNLIMITED,
  },
})

async function login(user: string): Promise<WirePeer> {
  const peer = await WirePeer.tcp(core.tcp)
  await peer.login(await signer.token(user))
  return peer
}

/** Sends `MESSAGES` to the user, `WINDOW` under way at a time. */
async function stream(sender: WirePeer, toUser: string): Promise<void> {
  let next = 0
  const content = Buffer.alloc(128, 'x')
  const lane = async (): Promise<void> => {
    while (next < MESSAGES) {
      const id = ++next
      const body = { clientMessageId: `${toUser}-${id}`, toUser, conversationId: '', contentType: '', content }
      const answer = await sender.ask(Command.SEND, id + 1, body)
      if (answer.command !== Command.SEND_ACK) throw new Error(`message ${id} was answered by command ${answer.command}`)
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, lane))
}

/** Acknowledges whatever comes, until the connection ends. */
async function acknowledgeAll(reader: WirePeer): Promise<void> {
  for (;;) {
    const message = await reader.nextOf(Command.DELIVER)
    reader.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId: message.conversationId, seq: message.seq }] })
  }
}

/** How long a message takes between two neighbours, 50 times a second, until `done`. Milliseconds, sorted. */
async function neighbours(name: string, done: Promise<void>): Promise<number[]> {
  const [from, to] = [await login(`${name}-from`), await login(`${name}-to`)]
  const times: number[] = []
  let running = true
  const stopped = done.finally(() => {
    running = false
  })
  for (let id = 2; running; id++) {
    const start = performance.now()
    const body = { clientMessageId: `n${id}`, toUser: `${name}-to`, conversationId: '', contentType: '', content: Buffer.from('hello') }
    from.send(Command.SEND, id, body)
    const { conversationId, seq } = await to.nextOf(Command.DELIVER)
    times.push(performance.now() - start)
    to.send(Command.DELIVER_ACK, 0, { positions: [{ conversationId, seq }] })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await stopped
  from.end()
  to.end()
  return times.toSorted((a, b) => a - b)
}

const p99 = (times: number[]) => times[Math.floor(0.99 * times.length)] as number

try {
  // Twice with a reader that acknowledges: the first time warms everything up.
  let calm: number[] = []
  for (const user of ['warm', 'steady']) {
    const reader = await login(user)
    acknowledgeAll(reader).catch(() => {})
    const done = stream(await login(`sender-of-${user}`), user)
    calm = await neighbours(`beside-${user}`, done)
    reader.end()
  }
  const slow = await login('slow')
  const sender = await login('sender-of-slow')
  const before = rssBytes(core.pid)
  let highest = before
  const watch = setInterval(() => {
    highest = Math.max(highest, rssBytes(core.pid))
  }, 50)
  const done = stream(sender, 'slow')
  const disturbed = await neighbours('beside-slow', done)
  clearInterval(watch)
  const after = rssBytes(core.pid)
  const pushed = slow.frames.filter(({ command }) => command === Command.DELIVER).length
  const gaps = slow.frames.filter(({ command }) => command === Command.GAP).length

  // Now it reads: page by page from the beginning.
  const conversationId = 'dm/sender-of-slow/slow'
  let cursor = 0
  for (let request = 2; ; request++) {
    const query = { conversationId, withUser: '', direction: Direction.FORWARD, fromSeq: cursor, limit: 200, epoch: 0, digest: 0 }
    const answer = await slow.ask(Command.SYNC, request, { page: query, list: undefined })
    const page = decodeBody(Command.SYNC_ACK, answer.body).page
    for (const { seq } of page?.messages ?? []) {
      if (seq !== cursor + 1) throw new Error(`seq ${seq} came after ${cursor}`)
      cursor = seq
    }
    if (!page?.more) break
  }
  console.log(`${MESSAGES} messages for a session that acknowledges none: ${pushed} pushed, ${gaps} GAP, ${cursor} pulled in order`)
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  console.log(`core RSS: ${mib(before)} MiB before, ${mib(after)} after, ${mib(highest)} at the highest`)
  console.log(
    `neighbours' p99: ${p99(calm).toFixed(1)} ms beside a reader that acknowledges, ${p99(disturbed).toFixed(1)} ms beside this one`,
  )
  if (cursor !== MESSAGES) process.exitCode = 1
} finally {
  await core.dispose()
}
