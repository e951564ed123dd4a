import { UPLINK_BATCH_BYTES, uplinkFrame } from '../../shared/uplink.ts'
import type { Clock } from '../time/clock.ts'

/** Under load frames are gathered for this long; the first after a pause of as long goes at once. */
const GATHER_MS = 2
/** Of one MULTICAST: their list stays well below UPLINK_FRAME_OVERHEAD_BYTES. */
const MAX_CHANNELS = 16_384
/** In place of a channel: the entry is an uplink frame already. */
const NO_CHANNEL = 0

/**
 * What is to go over an uplink, gathered into WebSocket messages of about UPLINK_BATCH_BYTES
 * (docs/PROTOCOL.md, U2) in the order in which it was written. Neighbours are merged: one frame
 * for many channels is a MULTICAST, many frames for one channel are one DATA (U7). So what is
 * delivered to all of a user's tabs, or to a group, has one body on the uplink, and the doors
 * above need not know.
 */
export class UplinkBatch {
  /** Bodies of DATA and MULTICAST so far. */
  bodies = 0
  readonly #clock: Clock
  readonly #sendMessage: (message: Uint8Array) => void
  /** By entry. */
  #channels: number[] = []
  #frames: Uint8Array[] = []
  #bytes = 0
  /** A flush for size leaves it as it is: what comes after that still leaves in time. */
  #scheduled = false
  #flushedAt = Number.NEGATIVE_INFINITY
  readonly #due = (): void => {
    this.#scheduled = false
    this.flush()
  }

  constructor(clock: Clock, sendMessage: (message: Uint8Array) => void) {
    this.#clock = clock
    this.#sendMessage = sendMessage
  }

  /** A frame for one channel's browser. */
  write(channel: number, frame: Uint8Array): void {
    // A body that goes to many channels is counted once, as it is sent.
    if (frame !== this.#frames.at(-1)) this.#bytes += frame.length
    this.#channels.push(channel)
    this.#frames.push(frame)
    if (this.#bytes >= UPLINK_BATCH_BYTES) this.flush()
    else if (!this.#scheduled) this.#schedule()
  }

  /** A frame of the uplink itself. */
  control(uplinkFrame: Uint8Array): void {
    this.write(NO_CHANNEL, uplinkFrame)
  }

  flush(): void {
    const frames = this.#frames
    if (frames.length === 0) return
    const channels = this.#channels
    this.#frames = []
    this.#channels = []
    this.#bytes = 0
    this.#flushedAt = this.#clock.elapsed()
    const merged: Uint8Array[] = []
    for (let start = 0, end = 0; start < frames.length; start = end) {
      end = this.#endOfRun(channels, frames, start)
      merged.push(this.#merge(channels, frames, start, end))
    }
    this.#sendMessage(merged.length === 1 ? (merged[0] as Uint8Array) : Buffer.concat(merged))
  }

  #schedule(): void {
    this.#scheduled = true
    const wait = this.#flushedAt + GATHER_MS - this.#clock.elapsed()
    if (wait > 0) this.#clock.after(wait, this.#due)
    else process.nextTick(this.#due)
  }

  /** Where the entries end that share the frame, or the channel, of the one at `start`. */
  #endOfRun(channels: readonly number[], frames: readonly Uint8Array[], start: number): number {
    const channel = channels[start]
    let end = start + 1
    if (channel === NO_CHANNEL) return end
    while (frames[end] === frames[start] && end - start < MAX_CHANNELS) end++
    if (end > start + 1) return end
    // The last of them may begin a MULTICAST, which is worth more than a merge.
    while (channels[end] === channel && frames[end] !== frames[end + 1]) end++
    return end
  }

  #merge(channels: readonly number[], frames: readonly Uint8Array[], start: number, end: number): Uint8Array {
    const channel = channels[start] as number
    const frame = frames[start] as Uint8Array
    if (channel === NO_CHANNEL) return frame
    this.bodies++
    if (end === start + 1) return uplinkFrame.data(channel, frame)
    if (frames[start + 1] === frame) return uplinkFrame.multicast({ channels: channels.slice(start, end), frames: frame })
    return uplinkFrame.data(channel, Buffer.concat(frames.slice(start, end)))
  }
}
