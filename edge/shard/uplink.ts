import { UPLINK_BATCH_BYTES, uplinkFrame } from '../../shared/uplink.ts'
import { type UplinkAttachment, type UplinkPhase, writeAttachment } from './socket-attachment.ts'

/** One core's line to the shard (docs/PROTOCOL.md, "Uplink"). */
export class Uplink {
  readonly socket: WebSocket
  #attachment: UplinkAttachment

  constructor(socket: WebSocket, attachment: UplinkAttachment) {
    this.socket = socket
    this.#attachment = attachment
  }

  get coreId(): string {
    return this.#attachment.coreId
  }

  get generation(): number {
    return this.#attachment.generation
  }

  get openedAt(): number {
    return this.#attachment.openedAt
  }

  get phase(): UplinkPhase {
    return this.#attachment.phase
  }

  set phase(phase: UplinkPhase) {
    this.#keep({ ...this.#attachment, phase })
  }

  /** Whether the browsers are this core's. */
  get isOwner(): boolean {
    return this.phase === 'owner' || this.phase === 'elected'
  }

  /** Whether the browsers may be given to this core, or are its own. */
  get isCandidate(): boolean {
    return (this.isOwner || this.phase === 'standby') && this.socket.readyState === WebSocket.OPEN
  }

  /** Whether this core comes before the other: the one that began earlier does, the same at every shard (U11). */
  precedes(other: Uplink): boolean {
    const [own, others] = [this.#attachment.startedAt, other.#attachment.startedAt]
    return own === others ? this.coreId < other.coreId : own < others
  }

  /** WELCOME has come. */
  welcomed(startedAt: number): void {
    this.#keep({ ...this.#attachment, startedAt, phase: 'standby' })
  }

  /** Says HELLO with a generation of its own (U3). */
  greet(generation: number): void {
    this.#keep({ ...this.#attachment, generation })
    this.send(uplinkFrame.hello({ shard: this.#attachment.shard, generation }))
  }

  send(frame: Uint8Array): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame)
  }

  /** Sends many frames in WebSocket messages of about UPLINK_BATCH_BYTES (U2). */
  sendAll(frames: Iterable<Uint8Array>): void {
    let batch: Uint8Array[] = []
    let bytes = 0
    for (const frame of frames) {
      batch.push(frame)
      bytes += frame.length
      if (bytes < UPLINK_BATCH_BYTES) continue
      this.send(concat(batch, bytes))
      batch = []
      bytes = 0
    }
    if (bytes > 0) this.send(concat(batch, bytes))
  }

  #keep(attachment: UplinkAttachment): void {
    this.#attachment = attachment
    writeAttachment(this.socket, attachment)
  }
}

export function concat(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
