/**
 * Deliveries a second through one bridge shard under workerd, beside a hand-made workerd relay
 * (support/workerd-relay.ts) in the same run. Behind both is a backend that passes on from memory, so
 * that what is measured is the bridge: the shard, the uplink and the core's batching of it.
 *
 * 1:1: pairs of browsers throw messages to and fro. Fan-out: the backend sends each message to all.
 * Goals: 1:1 at least 0.8 of the relay's rate, fan-out at least 2 times it. `npm run build:edge` first.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { SignJWT } from 'jose'
import { WebSocket } from 'ws'
import { startEdge } from '../edge/serve.node.ts'
import { decodeMessage, type Frame } from '../shared/frame.ts'
import { FrameDecoder } from '../shared/frame-decoder.ts'
import { readHello } from '../shared/gen/uplink.ts'
import { UPLINK_AUDIENCE, UPLINK_RECEIVED_BYTES, UPLINK_SUBPROTOCOL, UplinkCommand, uplinkFrame } from '../shared/uplink.ts'
import { systemClock } from '../tcp-core/clock.ts'
import { UplinkBatch } from '../tcp-core/uplink/uplink-batch.ts'
import { startRelay } from './support/workerd-relay.ts'

const { values } = parseArgs({
  options: {
    browsers: { type: 'string', default: '200' },
    window: { type: 'string', default: '4' },
    bytes: { type: 'string', default: '128' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
  },
})
const BROWSERS = Number(values.browsers)
/** Messages of a fan-out on their way at a time. */
const FAN_OUT_WINDOW = 16
const folder = mkdtempSync(join(tmpdir(), 'hawser-bench-'))

/** What a backend does with a message, whichever bridge brings it: learns numbers, passes on, and fans out. */
class Backend {
  /** The bridge's numbers of the browsers. */
  readonly #numbers: number[] = []
  readonly #indexes = new Map<number, number>()
  readonly #send: (number: number, message: Uint8Array) => void
  fansOut = false

  constructor(send: (number: number, message: Uint8Array) => void) {
    this.#send = send
  }

  received(number: number, message: Uint8Array): void {
    const to = ((message[0] as number) << 24) | ((message[1] as number) << 16) | ((message[2] as number) << 8) | (message[3] as number)
    if (!this.#indexes.has(number)) {
      this.#indexes.set(number, to)
      this.#numbers[to] = number
    } else if (to < BROWSERS) this.#send(this.#numbers[to] as number, message)
    else if (this.fansOut) this.fanOut()
  }

  fanOut(): void {
    const message = Buffer.alloc(Number(values.bytes), 120)
    for (const number of this.#numbers) this.#send(number, message)
  }
}

interface Bridge {
  readonly backend: Backend
  readonly browsers: readonly string[]
  stop(): Promise<void>
}

async function relayBridge(): Promise<Bridge> {
  const { url, child } = await startRelay(folder)
  const socket = new WebSocket(`${url}/backend`, { perMessageDeflate: false })
  await once(socket, 'open')
  const backend = new Backend((number, message) => {
    const whole = Buffer.allocUnsafe(4 + message.length)
    whole.writeUInt32BE(number, 0)
    whole.set(message, 4)
    socket.send(whole)
  })
  socket.on('message', (data: Buffer) => backend.received(data.readUInt32BE(0), data.subarray(4)))
  return {
    backend,
    browsers: [`${url}/ws`],
    async stop() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function hawserBridge(): Promise<Bridge> {
  const users = generateKeyPairSync('ed25519')
  const uplink = generateKeyPairSync('ed25519')
  const keyFile = join(folder, 'users.pem')
  writeFileSync(keyFile, users.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
  const settings = { TOKEN_PUBLIC_KEY: pem(users.publicKey), UPLINK_PUBLIC_KEY: pem(uplink.publicKey), CONNECTS_PER_ADDRESS: '1000000' }
  const edge = await startEdge({ port: 0, stateDir: mkdtempSync(join(folder, 'edge-')), settings })
  const url = edge.url.replace('http', 'ws')
  const token = new SignJWT({ shard: 's0' }).setProtectedHeader({ alg: 'EdDSA' }).setSubject('bench').setAudience(UPLINK_AUDIENCE)
  const authorization = `Bearer ${await token.setJti(randomUUID()).setIssuedAt().setExpirationTime('60s').sign(uplink.privateKey)}`
  const socket = new WebSocket(`${url}/uplink/s0`, UPLINK_SUBPROTOCOL, { headers: { authorization }, perMessageDeflate: false })
  const batch = new UplinkBatch(systemClock, (message) => socket.send(message))
  const backend = new Backend((number, message) => batch.write(number, message))
  const decoder = new FrameDecoder(4 * 1024 * 1024)
  let received = 0
  const take = (frame: Frame): boolean => {
    if (frame.command === UplinkCommand.DATA) {
      received += frame.body.length
      if (received >= UPLINK_RECEIVED_BYTES) {
        batch.control(uplinkFrame.received({ bytes: received }))
        received = 0
      }
      backend.received(frame.requestId, frame.body)
    } else if (frame.command === UplinkCommand.HELLO) {
      const { generation } = decodeMessage(readHello, frame.body)
      batch.control(uplinkFrame.welcome({ coreId: 'bench', generation, startedAt: 1 }))
    }
    return true
  }
  socket.on('message', (data: Buffer) => decoder.push(data, take))
  await once(socket, 'open')
  return { backend, browsers: [`${url}/ws`, keyFile], stop: () => edge.stop() }
}

async function measure(bridge: Bridge): Promise<{ oneToOne: number; fanOut: number }> {
  const [url = '', keyFile = ''] = bridge.browsers
  const program = new URL('support/edge-browsers.ts', import.meta.url).pathname
  const child: ChildProcess = spawn(process.execPath, [program, url, values.browsers, values.window, values.bytes, keyFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout as Readable)[Symbol.asyncIterator]()
  const perSecond = async (): Promise<number> => (JSON.parse((await lines.next()).value as string) as { perSecond: number }).perSecond
  await lines.next()
  child.stdin?.write(`1:1 ${values.seconds}\n`)
  const oneToOne = await perSecond()
  bridge.backend.fansOut = true
  child.stdin?.write(`fan-out ${values.seconds}\n`)
  for (let i = 0; i < FAN_OUT_WINDOW; i++) bridge.backend.fanOut()
  const fanOut = await perSecond()
  bridge.backend.fansOut = false
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
  await bridge.stop()
  return { oneToOne, fanOut }
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number

try {
  const relay: Awaited<ReturnType<typeof measure>>[] = []
  const hawser: Awaited<ReturnType<typeof measure>>[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    relay.push(await measure(await relayBridge()))
    hawser.push(await measure(await hawserBridge()))
  }
  console.log(
    `${BROWSERS} browsers, ${values.bytes} bytes, window ${values.window} a pair, deliveries a second, median of ${values.rounds} (spread)\n`,
  )
  console.log('| | relay | hawser | ratio |\n|---|---|---|---|')
  for (const [name, key] of [
    ['1:1', 'oneToOne'],
    ['fan-out', 'fanOut'],
  ] as const) {
    const [theirs, ours] = [relay, hawser].map((results) => results.map((result) => result[key])) as [number[], number[]]
    const cell = (rates: number[]) => `${median(rates).toFixed(0)} (${Math.min(...rates).toFixed(0)}-${Math.max(...rates).toFixed(0)})`
    console.log(`| ${name} | ${cell(theirs)} | ${cell(ours)} | ${(median(ours) / median(theirs)).toFixed(2)} |`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
