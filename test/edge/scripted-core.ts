import { decodeMessage, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { type Hello, type Open, readHello, readOpen, readSnapshotBegin } from '../../shared/gen/uplink.ts'
import { UPLINK_SUBPROTOCOL, UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import type { EdgeProcess } from './edge-process.ts'
import { PeerSocket } from './peer-socket.ts'

export interface AnnouncedChannel extends Open {
  readonly channel: number
}

export interface Announcement {
  readonly hello: Hello
  readonly owner: boolean
  readonly snapshot: AnnouncedChannel[]
}

/** The core's end of an uplink, played by a test frame for frame. */
export class ScriptedCore {
  readonly socket: PeerSocket
  readonly #decoder = new FrameDecoder(4 * 1024 * 1024)
  readonly #frames: Frame[] = []
  /** How often the shard has said that it woke. */
  wakes = 0

  readonly #id: string

  private constructor(socket: PeerSocket, id: string) {
    this.socket = socket
    this.#id = id
  }

  /** Dials and leaves it to the test to read HELLO. */
  static async dial(edge: EdgeProcess, { shard = 's0', id = 'core-1' }: { shard?: string; id?: string } = {}): Promise<ScriptedCore> {
    const authorization = `Bearer ${await edge.uplinkToken({ shard, core: id })}`
    return new ScriptedCore(await PeerSocket.connect(edge.uplinkUrl(shard), [UPLINK_SUBPROTOCOL], { headers: { authorization } }), id)
  }

  /** Dials, answers HELLO and reads the snapshot. */
  static async connect(
    edge: EdgeProcess,
    options: { shard?: string; id?: string; startedAt?: number } = {},
  ): Promise<{ core: ScriptedCore } & Announcement> {
    const core = await ScriptedCore.dial(edge, options)
    return { core, ...(await core.announcement(options.startedAt)) }
  }

  /** Reads HELLO, answers it and reads the snapshot. */
  async announcement(startedAt = 1): Promise<Announcement> {
    const hello = decodeMessage(readHello, (await this.next(UplinkCommand.HELLO)).body)
    this.send(uplinkFrame.welcome({ coreId: this.#id, generation: hello.generation, startedAt }))
    return { hello, ...(await this.snapshot()) }
  }

  async snapshot(): Promise<Omit<Announcement, 'hello'>> {
    const { owner } = decodeMessage(readSnapshotBegin, (await this.next(UplinkCommand.SNAPSHOT_BEGIN)).body)
    const snapshot: AnnouncedChannel[] = []
    for (let frame = await this.next(); frame.command !== UplinkCommand.SNAPSHOT_END; frame = await this.next()) {
      snapshot.push({ channel: frame.requestId, ...decodeMessage(readOpen, frame.body) })
    }
    return { owner, snapshot }
  }

  /** Sends frames in one WebSocket message. */
  send(...frames: Uint8Array[]): void {
    this.socket.send(Buffer.concat(frames))
  }

  /** The next frame, which is to have that command. */
  async next(command?: number): Promise<Frame> {
    while (this.#frames.length === 0) {
      this.#decoder.push(await this.socket.nextBytes(), (frame) => {
        // Told at any time; tests count them.
        if (frame.command === UplinkCommand.STATUS) this.wakes++
        else this.#frames.push(frame)
        return true
      })
    }
    const frame = this.#frames.shift() as Frame
    if (command !== undefined && frame.command !== command) throw new Error(`command ${frame.command} came instead of ${command}`)
    return frame
  }

  /** The next OPEN. */
  async open(): Promise<AnnouncedChannel> {
    const frame = await this.next(UplinkCommand.OPEN)
    return { channel: frame.requestId, ...decodeMessage(readOpen, frame.body) }
  }

  /** Makes a channel a session. */
  accept(channel: number, ticket: string): void {
    this.send(uplinkFrame.accept(channel, { sessionId: `session-${channel}`, userId: 'alice', ticket, expiresAt: Date.now() + 3_600_000 }))
  }
}
