const KEY = 'silence-from'
/** An alarm that is this much later than its date has not been kept waiting: the date was set on. */
const LATE_MS = 20_000
/** The runtime's date stands still while a handler runs. */
const SLACK_MS = 5_000

interface Heard {
  readonly socket: WebSocket
  /** Milliseconds since 1970. */
  readonly openedAt: number
}

/**
 * When sockets were last heard. The runtime has no clock but the date (its `performance.now` is
 * the date as well), and none would go on over hibernation: so where the date was set, silence is
 * counted anew from when that was noticed, rather than sockets that are well be ended, or dead
 * ones be kept until the date has come again.
 */
export class Silence {
  readonly #ctx: Pick<DurableObjectState, 'getWebSocketAutoResponseTimestamp'>
  readonly #storage: SyncKvStorage
  /** A cache of what is stored: when the date was last seen to have been set; 0 for never, or long ago. */
  #from: number | undefined
  #sawFuture = false

  constructor(ctx: Pick<DurableObjectState, 'getWebSocketAutoResponseTimestamp'>, storage: SyncKvStorage) {
    this.#ctx = ctx
    this.#storage = storage
  }

  /** The alarm has gone off, so long after its date. */
  looks(lateMs: number, now: number): void {
    this.#sawFuture = false
    if (lateMs > LATE_MS) this.#countFrom(now)
  }

  /** All have been looked at. What was counted anew is over after `longestMs`, unless there is still something to count by it. */
  looked(now: number, longestMs: number): void {
    if (!this.#sawFuture && this.#known() > 0 && now - this.#known() > longestMs) this.#countFrom(0)
  }

  /** When the socket was last heard, by the date as it is now. The runtime answers heartbeats by itself and remembers when. */
  heardAt({ socket, openedAt }: Heard, now: number): number {
    // An answer came after the opening, whatever the dates say.
    const at = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? openedAt
    const isFuture = at > now + SLACK_MS
    if (isFuture) this.#sawFuture = true
    if (this.#known() > now || (isFuture && this.#known() === 0)) this.#countFrom(now)
    return isFuture ? this.#known() : Math.max(at, this.#known())
  }

  #known(): number {
    this.#from ??= this.#storage.get<number>(KEY) ?? 0
    return this.#from
  }

  #countFrom(now: number): void {
    this.#from = now
    if (now > 0) this.#storage.put(KEY, now)
    else this.#storage.delete(KEY)
  }
}
