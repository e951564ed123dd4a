import { encodeMessageFrame, encodeRawFrame } from './frame.ts'
import {
  type Accept,
  type ChannelClose,
  type Hello,
  type Multicast,
  type Open,
  type Received,
  type SnapshotBegin,
  type Status,
  type Welcome,
  writeAccept,
  writeChannelClose,
  writeHello,
  writeMulticast,
  writeOpen,
  writeReceived,
  writeSnapshotBegin,
  writeStatus,
  writeWelcome,
} from './gen/uplink.ts'

/**
 * The frames between a core and a bridge shard (docs/PROTOCOL.md, "Uplink"). The layout is
 * that of every frame; the header's requestId is the channel, the shard's number for one
 * browser's socket, and 0 where a frame speaks of the whole uplink.
 */
export const UplinkCommand = {
  HELLO: 64,
  WELCOME: 65,
  OPEN: 66,
  ACCEPT: 67,
  DATA: 68,
  MULTICAST: 69,
  CLOSE: 70,
  SNAPSHOT_BEGIN: 71,
  SNAPSHOT_END: 72,
  DRAIN: 73,
  STATUS: 74,
  RECEIVED: 75,
} as const
export type UplinkCommand = (typeof UplinkCommand)[keyof typeof UplinkCommand]

/** An uplink WebSocket message is batched up to about this many bytes. */
export const UPLINK_BATCH_BYTES = 32 * 1024
/** What an uplink frame may be longer than a client's: header, and the channel list of a multicast. */
export const UPLINK_FRAME_OVERHEAD_BYTES = 256 * 1024
/** A core says RECEIVED each time it has taken this many bytes of DATA bodies. */
export const UPLINK_RECEIVED_BYTES = 64 * 1024
/** The WebSocket subprotocol of an uplink. */
export const UPLINK_SUBPROTOCOL = 'hawser.uplink.v1'
/** The audience of the token with which a core authenticates to the Worker; `sub` is the core, `shard` the shard it is for. */
export const UPLINK_AUDIENCE = 'hawser-uplink'
/** How long such a token lives at most. */
export const UPLINK_TOKEN_SECONDS = 60
/** How far the clocks of a core and its edge may be apart (U1). */
export const UPLINK_SKEW_SECONDS = 300
/** In the edge's answers to a core: its time, in milliseconds since 1970. */
export const UPLINK_TIME_HEADER = 'hawser-time'

const EMPTY = new Uint8Array(0)

export const uplinkFrame = {
  hello: (body: Hello) => encodeMessageFrame(UplinkCommand.HELLO, 0, writeHello, body),
  welcome: (body: Welcome) => encodeMessageFrame(UplinkCommand.WELCOME, 0, writeWelcome, body),
  open: (channel: number, body: Open) => encodeMessageFrame(UplinkCommand.OPEN, channel, writeOpen, body),
  accept: (channel: number, body: Accept) => encodeMessageFrame(UplinkCommand.ACCEPT, channel, writeAccept, body),
  /** One WebSocket message of a browser, or frames for it, unchanged. */
  data: (channel: number, frames: Uint8Array) => encodeRawFrame(UplinkCommand.DATA, channel, frames),
  multicast: (body: Multicast) => encodeMessageFrame(UplinkCommand.MULTICAST, 0, writeMulticast, body),
  close: (channel: number, body: ChannelClose) => encodeMessageFrame(UplinkCommand.CLOSE, channel, writeChannelClose, body),
  snapshotBegin: (body: SnapshotBegin) => encodeMessageFrame(UplinkCommand.SNAPSHOT_BEGIN, 0, writeSnapshotBegin, body),
  snapshotEnd: () => encodeRawFrame(UplinkCommand.SNAPSHOT_END, 0, EMPTY),
  drain: () => encodeRawFrame(UplinkCommand.DRAIN, 0, EMPTY),
  status: (body: Status) => encodeMessageFrame(UplinkCommand.STATUS, 0, writeStatus, body),
  received: (body: Received) => encodeMessageFrame(UplinkCommand.RECEIVED, 0, writeReceived, body),
}

/** Characters of the longest ticket (U5): it leaves what a shard keeps with a socket below 1 KiB. */
export const MAX_TICKET_LENGTH = 640
