import type { Channel } from './channel.ts'

/** What one browser may have on its way to the core (docs/PROTOCOL.md, U12). */
const MAX_CHANNEL_BYTES = 4 * 1024 * 1024
const MAX_CHANNEL_MESSAGES = 4096
/** What all browsers of a shard may have together; past it those go that have more than an equal share of it, and more than little. */
const MAX_TOTAL_BYTES = 48 * 1024 * 1024
const SMALL_BYTES = 64 * 1024

/**
 * What browsers sent and the core has not said RECEIVED for: it waits in this shard's memory.
 * A wake-up begins at nothing, which is right, because a shard with something on its way is awake.
 */
export class InFlight {
  #channels: Channel[] = []
  #sizes: number[] = []
  /** Where the oldest entry is. */
  #head = 0
  #bytes = 0
  /** Channels that have something on the way. */
  #senders = 0
  /** Of the oldest entry as much has been received. */
  #ofHead = 0

  /** Counts one message of the channel; false if that is more than it may have on its way. */
  add(channel: Channel, bytes: number): boolean {
    this.#channels.push(channel)
    this.#sizes.push(bytes)
    this.#bytes += bytes
    if (channel.inFlightMessages === 0) this.#senders++
    channel.inFlightBytes += bytes
    channel.inFlightMessages++
    if (channel.inFlightBytes > MAX_CHANNEL_BYTES || channel.inFlightMessages > MAX_CHANNEL_MESSAGES) return false
    return this.#bytes <= MAX_TOTAL_BYTES || channel.inFlightBytes <= Math.max(MAX_TOTAL_BYTES / this.#senders, SMALL_BYTES)
  }

  /** The core has taken that many bytes more, in the order in which they were sent. */
  received(bytes: number): void {
    let left = bytes + this.#ofHead
    while (this.#head < this.#sizes.length) {
      const size = this.#sizes[this.#head] as number
      if (size > left) break
      left -= size
      this.#take(this.#channels[this.#head] as Channel, size)
    }
    this.#ofHead = this.#head < this.#sizes.length ? left : 0
    this.#compact()
  }

  /** The core that all this went to is gone. */
  clear(): void {
    while (this.#head < this.#sizes.length) this.#take(this.#channels[this.#head] as Channel, this.#sizes[this.#head] as number)
    this.#ofHead = 0
    this.#compact()
  }

  #take(channel: Channel, size: number): void {
    channel.inFlightBytes -= size
    channel.inFlightMessages--
    if (channel.inFlightMessages === 0) this.#senders--
    this.#bytes -= size
    this.#head++
  }

  #compact(): void {
    if (this.#head * 2 < this.#sizes.length) return
    this.#channels = this.#channels.slice(this.#head)
    this.#sizes = this.#sizes.slice(this.#head)
    this.#head = 0
  }
}
