import { readAttachment, writeAttachment } from './socket-attachment.ts'
import { Uplink } from './uplink.ts'

/** The tag of cores' sockets. */
export const UPLINK_TAG = 'uplink'
const GENERATION_KEY = 'generation'

/** The lines of all cores to the shard, one of each core (docs/PROTOCOL.md, U3). */
export class Uplinks {
  readonly #ctx: DurableObjectState
  /** A cache: undefined until the lines are looked up by tag. */
  #lines: Uplink[] | undefined
  #owner: Uplink | undefined

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
  }

  /** Takes in a core's socket and says HELLO. Throws if the runtime holds as many sockets as it can. */
  open(socket: WebSocket, { shard, coreId, openedAt }: { shard: string; coreId: string; openedAt: number }): Uplink {
    const lines = this.#all()
    this.#ctx.acceptWebSocket(socket, [UPLINK_TAG])
    const uplink = new Uplink(socket, { kind: 'uplink', shard, coreId, generation: 0, openedAt, startedAt: 0, phase: 'greeted' })
    lines.push(uplink)
    uplink.greet(this.#nextGeneration())
    return uplink
  }

  /** The line of that socket; undefined if it is no core's or is void. */
  of(socket: WebSocket): Uplink | undefined {
    for (const uplink of this.#all()) if (uplink.socket === socket) return uplink
    return undefined
  }

  ofCore(coreId: string): Uplink | undefined {
    return this.#all().find((uplink) => uplink.coreId === coreId)
  }

  /** The core that has the browsers, if one is there to take their frames. */
  get owner(): Uplink | undefined {
    this.#all()
    return this.#owner
  }

  get hasStandby(): boolean {
    return this.#all().some(({ phase }) => phase === 'standby')
  }

  /** Of the cores that are there the one that has been for longest: every shard finds the same (U11). */
  first(): Uplink | undefined {
    let first: Uplink | undefined
    for (const uplink of this.#all()) {
      if (uplink.isCandidate && (!first || uplink.precedes(first))) first = uplink
    }
    return first
  }

  /** Gives the browsers to a core; one that stands by is told so with a HELLO of its own, before which its words are void. */
  elect(uplink: Uplink, answersHello: boolean): void {
    this.#owner = uplink
    uplink.phase = answersHello ? 'owner' : 'elected'
    if (!answersHello) uplink.greet(this.#nextGeneration())
  }

  /** Takes the browsers from the core that has them. */
  depose(phase: 'standby' | 'draining'): void {
    if (this.#owner) this.#owner.phase = phase
    this.#owner = undefined
  }

  /** The line is over; what its socket still brings is void. */
  drop(uplink: Uplink): void {
    this.#lines = this.#all().filter((other) => other !== uplink)
    if (this.#owner === uplink) this.#owner = undefined
    writeAttachment(uplink.socket, null)
  }

  *[Symbol.iterator](): Generator<Uplink> {
    yield* this.#all()
  }

  #nextGeneration(): number {
    const generation = (this.#ctx.storage.kv.get<number>(GENERATION_KEY) ?? 0) + 1
    this.#ctx.storage.kv.put(GENERATION_KEY, generation)
    return generation
  }

  #all(): Uplink[] {
    this.#lines ??= this.#lookUp()
    return this.#lines
  }

  #lookUp(): Uplink[] {
    const lines: Uplink[] = []
    for (const socket of this.#ctx.getWebSockets(UPLINK_TAG)) {
      const attachment = readAttachment(socket)
      if (attachment?.kind === 'uplink') lines.push(new Uplink(socket, attachment))
    }
    this.#owner = lines.find((uplink) => uplink.isOwner)
    return lines
  }
}
