import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { ATTACKS, type Attack } from './attacks.ts'
import { type Line, openLine } from './line.ts'

/**
 * A process of its own: 50 sessions of one user who does one thing as much as all limits allow.
 * Told what by lines of JSON on stdin, tells what came of it on stdout.
 */
const SESSIONS = 50
/** Frames under way of each session. */
const UNDER_WAY = 8
/** Of all sessions, just below what a user may send. */
const FRAMES_PER_SECOND = 3900
const BYTES_PER_SECOND = 15 * 1024 * 1024
const TICK_MS = 5
const MAX_FRAME_BYTES = 64 * 1024 * 1024
const MAX_WAITING_BYTES = 1024 * 1024
const REOPEN_MS = 200
const MOST_WAIT_MS = 20_000

export interface Order {
  readonly attack: string
  readonly seconds: number
  /** It is over only when all that was asked is answered. */
  readonly waits?: boolean
}

export interface Outcome {
  readonly sent: number
  /** Answers that are no errors, and errors by what they say. */
  readonly answered: number
  readonly limited: number
  readonly refused: number
  readonly closed: number
}

const [address = '', token = ''] = process.argv.slice(2)
const counts = { sent: 0, answered: 0, limited: 0, refused: 0, closed: 0 }
let frameBudget = 0
let byteBudget = 0

class Session {
  readonly #number: number
  #line: Line | undefined
  #decoder = new FrameDecoder(MAX_FRAME_BYTES)
  #nth = 0
  #underWay = 0
  #isReady = false
  #ready: () => void = () => {}

  constructor(number: number) {
    this.#number = number
  }

  get isWaiting(): boolean {
    return this.#isReady && this.#underWay > 0
  }

  open(): Promise<void> {
    this.#decoder = new FrameDecoder(MAX_FRAME_BYTES)
    this.#isReady = false
    this.#underWay = 0
    const instanceId = `${this.#number}`
    openLine(address, token, {
      opened: (line) => {
        this.#line = line
        const device = { deviceId: 'attacker', deviceClass: DeviceClass.PHONE, instanceId, client: '' }
        line.write(encodeFrame(Command.LOGIN, 0xffff, { ...device, intent: Intent.PERSON, generation: 0, ticket: '', token }))
      },
      heard: (chunk) => this.#decoder.push(chunk, ({ command, body }) => this.#heard(command, body)),
      closed: () => {
        counts.closed++
        this.#isReady = false
        setTimeout(() => void this.open(), REOPEN_MS)
      },
    })
    return new Promise((resolve) => {
      this.#ready = resolve
    })
  }

  begin(attack: Attack): void {
    this.#nth = 0
    this.#underWay = 0
    for (const frame of attack.before?.(this.#number) ?? []) this.#line?.write(frame)
  }

  /** Says whether there was room for a frame. */
  fire(attack: Attack): boolean {
    if (!this.#isReady || (attack.isAnswered && this.#underWay >= UNDER_WAY) || (this.#line?.waiting ?? 0) > MAX_WAITING_BYTES) return false
    const frame = attack.frame(this.#nth++, this.#number, token)
    this.#line?.write(frame)
    this.#underWay++
    counts.sent++
    frameBudget--
    byteBudget -= frame.length
    return true
  }

  #heard(command: number, body: Uint8Array): boolean {
    if (command === Command.LOGIN_ACK && !this.#isReady) {
      this.#isReady = true
      this.#ready()
      return true
    }
    if (command === Command.ERROR) {
      if (Buffer.from(body.buffer, body.byteOffset, body.length).includes('rate_limited')) counts.limited++
      else counts.refused++
      this.#underWay--
    } else if (ANSWERS.has(command)) {
      counts.answered++
      this.#underWay--
    }
    return true
  }
}

const ANSWERS = new Set<number>([
  Command.PONG,
  Command.LOGIN_ACK,
  Command.SEND_ACK,
  Command.SYNC_ACK,
  Command.READ_ACK,
  Command.QUERY_ACK,
  Command.WATCH_ACK,
  Command.ROOM_ACK,
  Command.PUBLISH_ACK,
])

const sessions = Array.from({ length: SESSIONS }, (_, i) => new Session(i))
for (const session of sessions) await session.open()
process.send?.({ ready: true })

process.on('message', ({ attack: name, seconds, waits }: Order) => {
  const attack = ATTACKS.find((each) => each.name === name)
  if (!attack) throw new Error(`there is no attack ${name}`)
  Object.assign(counts, { sent: 0, answered: 0, limited: 0, refused: 0, closed: 0 })
  for (const session of sessions) session.begin(attack)
  const endsAt = performance.now() + seconds * 1000
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    frameBudget = Math.min(frameBudget + ((now - last) * FRAMES_PER_SECOND) / 1000, FRAMES_PER_SECOND / 20)
    byteBudget = Math.min(byteBudget + ((now - last) * BYTES_PER_SECOND) / 1000, BYTES_PER_SECOND / 4)
    last = now
    if (now >= endsAt) {
      if (waits && attack.isAnswered && now < endsAt + MOST_WAIT_MS && sessions.some(({ isWaiting }) => isWaiting)) return
      clearInterval(timer)
      process.send?.({ ...counts })
      return
    }
    for (let fired = true; fired && frameBudget >= 1 && byteBudget > 0; ) {
      fired = false
      for (const session of sessions) if (frameBudget >= 1 && byteBudget > 0 && session.fire(attack)) fired = true
    }
  }, TICK_MS)
})
process.on('disconnect', () => process.exit())
