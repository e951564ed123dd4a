import { decodeMessage, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { type Hello, type Open, readHello, readOpen } from '../../shared/gen/uplink.ts'
import { UPLINK_SUBPROTOCOL, UplinkCommand, uplinkFrame } from '../../shared/uplink.ts'
import type { EdgeProcess } from './edge-process.ts'
import { PeerSocket } from './peer-socket.ts'

export interface AnnouncedChannel extends Open {
  readonly channel: number
}

/** The core's end of an uplink, played by a test frame for frame. */
export class ScriptedCore {
  readonly socket: PeerSocket
  readonly #decoder = new FrameDecoder(4 * 1024 * 1024)
  readonly #frames: Frame[] = []

  private constructor(socket: PeerSocket) {
    this.socket = socket
  }

  /** Dials and leaves it to the test to read HELLO. */
  static async dial(edge: EdgeProcess, shard = 's0'): Promise<ScriptedCore> {
    const authorization = `Bearer ${await edge.uplinkToken({ shard })}`
    return new ScriptedCore(await PeerSocket.connect(edge.uplinkUrl(shard), [UPLINK_SUBPROTOCOL], { headers: { authorization } }))
  }

  /** Dials, answers HELLO and reads the snapshot. */
  static async connect(edge: EdgeProcess, shard = 's0'): Promise<{ core: ScriptedCore; hello: Hello; snapshot: AnnouncedChannel[] }> {
    const core = await ScriptedCore.dial(edge, shard)
    const hello = decodeMessage(readHello, (await core.next(UplinkCommand.HELLO)).body)
    core.send(uplinkFrame.welcome({ coreId: 'core-1', generation: hello.generation }))
    await core.next(UplinkCommand.SNAPSHOT_BEGIN)
    const snapshot: AnnouncedChannel[] = []
    for (let frame = await core.next(); frame.command !== UplinkCommand.SNAPSHOT_END; frame = await core.next()) {
      snapshot.push({ channel: frame.requestId, ...decodeMessage(readOpen, frame.body) })
    }
    return { core, hello, snapshot }
  }

  /** Sends frames in one WebSocket message. */
  send(...frames: Uint8Array[]): void {
    this.socket.send(Buffer.concat(frames))
  }

  /** The next frame, which is to have that command. */
  async next(command?: number): Promise<Frame> {
    while (this.#frames.length === 0) {
      this.#decoder.push(await this.socket.nextBytes(), (frame) => this.#frames.push(frame) > 0)
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
