import { Command } from '../../shared/commands.ts'
import { CloseError } from '../../shared/errors.ts'
import { encodeFrame } from '../../shared/frame.ts'
import type { Identity } from '../../shared/token.ts'
import type { CoreConfig } from '../../tcp-core/config/config.ts'
import type { Core } from '../../tcp-core/core.ts'
import { restoreSession } from '../../tcp-core/login/establish-session.ts'
import { parseLoginPolicy } from '../../tcp-core/login/login-policy.ts'
import { Kernel } from '../simulation/kernel.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { SLOT_MS, virtualCore } from '../support/virtual-core.ts'
import { FuzzPeer } from './fuzz-peer.ts'
import { drawSteps, type FuzzLogin, LATEST, type Step } from './session-steps.ts'
import { fewerBytes } from './shrink.ts'
import type { Target } from './target.ts'

const SETTINGS: Partial<CoreConfig>[] = [
  {},
  {
    loginPolicy: parseLoginPolicy('single'),
    sessionPacketsPerSecond: 20,
    userPacketsPerSecond: 30,
    sessionsPerUser: 2,
    unauthenticatedConnections: 3,
    // The longer of the two must not hide the shorter.
    loginTimeoutMs: 30_000,
    heartbeatTimeoutMs: 5000,
  },
  {
    loginPolicy: parseLoginPolicy('multiple'),
    maxFrameBytes: 1024,
    maxContentBytes: 256,
    connectsPerAddressPerMinute: 5,
    connectionsPerAddress: 3,
    loginTimeoutMs: 2000,
    ackTimeoutMs: 1000,
  },
]
/** R4, with the last message that was let past it. */
const WINDOW = { messages: 256, bytes: 1024 * 1024 + 128 * 1024 }
const LATE_MS = 30
/** Turns of the event loop after which everything late has come; and after which whoever is still at work is stuck. */
const LATE_ROUNDS = 4
const MOST_ROUNDS = 2000
/** Longer than every deadline: the wheel is empty after it. */
const LONG_MS = 400_000
const FAULT = { kind: 'io-error', message: 'the fuzzer says so' } as const

/** The session state machine: a core on a virtual clock, its peers, and what they may do to it. */
export const sessionTarget: Target<Step> = {
  name: 'session',
  draw: (random) => ({ setting: random.below(SETTINGS.length), elements: drawSteps(random) }),
  run({ setting, elements }) {
    const world = new World(SETTINGS[setting] as Partial<CoreConfig>)
    try {
      for (const [i, step] of elements.entries()) {
        world.do(step)
        const fault = world.fault()
        if (fault) return `after step ${i} (${step.do}): ${fault}`
      }
      return world.settle() ?? world.end()
    } catch (error) {
      return `an exception escaped: ${(error as Error).stack}`
    }
  },
  show: (step) =>
    JSON.stringify(step, (_name, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)),
  inputs: ({ elements }) => elements.length,
  *smaller(step) {
    if (step.do === 'send') for (const bytes of fewerBytes(step.bytes)) yield { ...step, bytes }
  },
}

class World {
  readonly #kernel = new Kernel(1, { trace: false })
  readonly #log = new MemoryLog()
  readonly #core: Core
  readonly #peers: FuzzPeer[] = []
  #complaint: string | undefined
  #overloaded = false

  constructor(settings: Partial<CoreConfig>) {
    this.#core = virtualCore({
      clock: this.#kernel,
      log: this.#log,
      verifyToken: (token) => this.#verify(token),
      settings: { exemptNetworks: [], ...settings },
      returnTime: () => (this.#overloaded ? 2000 : undefined),
      complain: (what, error) => {
        // An append that fails is the injected fault's.
        if (what !== 'append failed') this.#complaint = `the core logged "${what}": ${(error as Error | undefined)?.stack}`
      },
    })
  }

  do(step: Step): void {
    switch (step.do) {
      case 'open':
        this.#open(step.kind, step.from)
        break
      case 'turn':
        this.#kernel.run(step.milliseconds)
        break
      case 'commit':
        this.#log.commit()
        break
      case 'fault':
        this.#log.fault = step.on ? FAULT : undefined
        break
      case 'overload':
        this.#overloaded = step.on
        break
      default: {
        const here = this.#peers.filter(({ isOpen }) => isOpen)
        const peer = step.peer === LATEST ? here.at(-1) : here[step.peer % here.length]
        if (peer) this.#doTo(peer, step)
      }
    }
    this.#turn()
  }

  #doTo(peer: FuzzPeer, step: Exclude<Step, { do: 'open' | 'turn' | 'commit' | 'fault' | 'overload' }>): void {
    switch (step.do) {
      case 'login':
        return peer.sends(encodeFrame(Command.LOGIN, step.login.requestId, this.#login(peer, step.login)).slice())
      case 'send':
        return peer.sends(step.bytes)
      case 'restore':
        return this.#restore(peer, step.forged)
      case 'text':
        return peer.kind === 'ws' ? peer.sendsText() : undefined
      case 'beat':
        return peer.kind === 'ws' ? peer.beats() : undefined
      case 'end':
        return peer.ends()
      case 'kick':
        return peer.connection.close('kicked')
      case 'read':
        peer.reads = true
        return
      case 'stop reading':
        peer.reads = false
    }
  }

  /** What a turn of the event loop does after each event. */
  #turn(): void {
    this.#kernel.run(0)
    for (const peer of this.#peers) peer.turns()
    this.#kernel.run(0)
  }

  #open(kind: FuzzPeer['kind'], from: string): void {
    const entry = this.#core.gate.enter(from)
    if ('code' in entry) return
    const peer = new FuzzPeer(this.#core, entry, kind, from)
    this.#peers.push(peer)
    peer.connection.start()
  }

  /** As an uplink does with a channel that is announced again. */
  #restore(peer: FuzzPeer, forged: boolean): void {
    if (peer.kind !== 'edge' || peer.connection.phase !== 'login') return
    const ticket = this.#peers.flatMap(({ tickets }) => tickets).at(-1)
    if (ticket === undefined) return
    try {
      restoreSession(this.#core, peer.connection, forged ? `x${ticket}` : ticket)
    } catch (error) {
      if (!(error instanceof CloseError)) throw error
      peer.connection.close(error.code, error.message)
    }
  }

  #login(peer: FuzzPeer, { token, deviceId, instanceId, deviceClass, intent, generation, ticket }: FuzzLogin) {
    const tickets = ticket === 'own' ? peer.tickets : this.#peers.flatMap(({ tickets }) => tickets)
    const latest = ticket === 'none' ? '' : (tickets.at(-1) ?? '')
    return {
      token,
      deviceId,
      instanceId,
      deviceClass,
      intent,
      client: '',
      generation: generation === 'former' ? peer.generation : generation === 'future' ? 2 ** 50 : 0,
      ticket: ticket === 'forged' && latest !== '' ? `${latest.slice(0, -2)}AA` : latest,
    }
  }

  #verify(token: string): Promise<Identity> {
    const [user = '', how] = token.split('!')
    const { promise, resolve, reject } = Promise.withResolvers<Identity>()
    const answer = (): void => {
      if (how === 'expired') reject(new CloseError('token_expired'))
      else if (how === 'no-keys') reject(new CloseError('key_unknown'))
      else if (!['a', 'b', 'c'].includes(user)) reject(new CloseError('token_invalid'))
      else resolve({ userId: user, expiresAt: this.#kernel.now() + 60_000, keyName: '' })
    }
    if (how === 'late') this.#kernel.after(LATE_MS, answer)
    else answer()
    return promise
  }

  /** What holds at every moment. */
  fault(): string | undefined {
    if (this.#complaint) return this.#complaint
    for (const peer of this.#peers) {
      if (peer.faults[0]) return peer.faults[0]
    }
    return this.#registryFault() ?? this.#gateFault() ?? this.#windowFault() ?? this.#deadlineFault()
  }

  #registryFault(): string | undefined {
    const { registry } = this.#core
    const users = new Set<string>()
    let sessions = 0
    for (const { connection, isOpen } of this.#peers) {
      const { session } = connection
      if (isOpen !== connection.isOpen) return `a connection is ${connection.phase} and its peer's end ${isOpen ? 'open' : 'closed'}`
      if (!session) continue
      sessions++
      users.add(session.user.id)
      if (registry.session(session.id) !== session) return 'an open session is not in the registry under its id'
      if (!registry.user(session.user.id)?.sessions.has(session)) return 'an open session is not among those of its user'
    }
    if (registry.sessionCount !== sessions) return `the registry has ${registry.sessionCount} sessions, and ${sessions} are open`
    if (registry.userCount !== users.size) return `the registry has ${registry.userCount} users, and ${users.size} have sessions`
    return undefined
  }

  #gateFault(): string | undefined {
    const waiting = this.#peers.filter(({ hadSession, over }) => !hadSession && !over).length
    const { unauthenticated } = this.#core.gate
    return unauthenticated === waiting ? undefined : `the gate counts ${unauthenticated} without a login, and ${waiting} are there`
  }

  #windowFault(): string | undefined {
    for (const session of this.#core.registry.sessions()) {
      const { messages, bytes } = session.ackWait
      const within = messages >= 0 && bytes >= 0 && messages <= WINDOW.messages && bytes <= WINDOW.bytes
      if (!within) return `a session's window has ${messages} messages of ${bytes} bytes`
    }
    return undefined
  }

  #deadlineFault(): string | undefined {
    const { loginTimeoutMs, heartbeatTimeoutMs } = this.#core.config
    const now = this.#core.clock.elapsed()
    for (const { connection, isOpen, keepsHeartbeat } of this.#peers) {
      if (!isOpen) continue
      const { session, startedAt, lastTick } = connection
      if (!session && now - startedAt > loginTimeoutMs + 2 * SLOT_MS) return 'a connection without a login is past its time'
      if (session && !keepsHeartbeat && now - lastTick > heartbeatTimeoutMs + 2 * SLOT_MS) return 'a silent session is past its time'
    }
    return undefined
  }

  /** Everybody reads, the log works, nothing new comes: then every request has its answer. */
  settle(): string | undefined {
    this.#log.fault = undefined
    for (const peer of this.#peers) peer.reads = true
    for (let round = 0; round < LATE_ROUNDS || (round < MOST_ROUNDS && this.#peers.some(({ isBusy }) => isBusy)); round++) {
      this.#kernel.run(round < LATE_ROUNDS ? LATE_MS : 0)
      this.#log.commit()
      this.#turn()
    }
    const fault = this.fault()
    if (fault) return `at rest: ${fault}`
    for (const peer of this.#peers) {
      const unsettled = peer.settledFault()
      if (unsettled) return `at rest: ${unsettled}`
    }
    return undefined
  }

  /** Everybody goes: then nothing is left of them. */
  end(): string | undefined {
    for (const peer of this.#peers) peer.ends()
    this.#turn()
    const fault = this.fault()
    if (fault) return `after the end: ${fault}`
    const { registry, gate, deadlines } = this.#core
    if (registry.sessionCount + registry.userCount + gate.unauthenticated > 0) return 'something is left after the end'
    this.#kernel.run(LONG_MS)
    if (deadlines.size > 0) return `${deadlines.size} deadlines are left after the end`
    return this.#fleetingFault()
  }

  #fleetingFault(): string | undefined {
    const { presences, typing, rooms, coalescer } = this.#core.ephemeral
    const { watches } = presences
    const left = [
      watches.sessionCount,
      watches.userCount,
      presences.leavingCount,
      typing.size,
      rooms.size,
      rooms.sessionCount,
      coalescer.size,
    ]
    return left.some((count) => count > 0) ? `after the end the fleeting have ${left}` : undefined
  }
}
