const KEY = 'alarm-at'

/** The shard's one alarm: timers would keep it from hibernating. Its time is kept beside it, because the runtime tells it only later. */
export class Alarm {
  readonly #storage: DurableObjectStorage
  /** A cache of what is stored. */
  #at: number | undefined

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** Sees to it that the alarm goes off at that time or before, in milliseconds since 1970. */
  atMost(time: number): void {
    this.#at ??= this.#storage.kv.get<number>(KEY) ?? Number.POSITIVE_INFINITY
    if (time >= this.#at) return
    this.#at = time
    this.#storage.kv.put(KEY, time)
    // Storage runs its operations in order and holds back what the shard sends until they are done.
    void this.#storage.setAlarm(time)
  }

  /** It has gone off. Gives by how many milliseconds it is late. */
  fired(now: number): number {
    const at = this.#at ?? this.#storage.kv.get<number>(KEY) ?? now
    this.#at = Number.POSITIVE_INFINITY
    this.#storage.kv.delete(KEY)
    return now - at
  }
}
