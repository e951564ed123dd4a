import { CODES } from '../shared/codes.ts'
import { Command } from '../shared/commands.ts'
import { AckWait, type Admission } from './ack-wait.ts'
import type { Connection } from './connection.ts'
import type { Device } from './device.ts'
import type { User } from './user.ts'

/** R4: what a session may have delivered and unacknowledged. */
const MAX_UNACKED_MESSAGES = 256
const MAX_UNACKED_BYTES = 1024 * 1024

/** A user's presence on one device, from LOGIN_ACK to the close. */
export class Session {
  readonly id: string
  readonly user: User
  readonly device: Device
  /** Of a user's sessions the later one has the higher generation (L5). */
  readonly generation: number
  readonly connection: Connection
  readonly startedAt: number
  readonly ackWait = new AckWait(MAX_UNACKED_MESSAGES, MAX_UNACKED_BYTES)

  constructor(connection: Connection, user: User, made: { id: string; device: Device; generation: number; startedAt: number }) {
    this.connection = connection
    this.user = user
    this.id = made.id
    this.device = made.device
    this.generation = made.generation
    this.startedAt = made.startedAt
  }

  /** Pushes a DELIVER frame, or leaves it to be pulled if the client is behind (R4). */
  push(conversationId: string, seq: number, deliver: Uint8Array): Admission {
    const admission = this.ackWait.admit(conversationId, seq, deliver.length)
    if (admission === 'push') this.connection.write(deliver)
    else if (admission === 'gap') this.connection.send(Command.GAP, 0, { conversationId, lastSeq: seq })
    return admission
  }

  /** Ends this session because another one took its place (L4). */
  displacedBy(other: Session): void {
    this.connection.send(Command.KICK, 0, {
      deviceClass: other.device.class,
      deviceId: other.device.id,
      client: other.device.client,
      at: other.startedAt,
      generation: other.generation,
    })
    this.connection.close('displaced', CODES.displaced.meaning)
  }

  /** What a log line says about it: no token, no content. */
  facts() {
    const { transport } = this.connection
    return { session: this.id, user: this.user.id, device: this.device.id, transport: transport.kind, remote: transport.remoteAddress }
  }
}
