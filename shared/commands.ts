import {
  type Answer,
  type Close,
  type DeliverAck,
  type ErrorReply,
  type FleetingEvent,
  type Gap,
  type GoAway,
  type Kick,
  type Login,
  type LoginAck,
  type Message,
  type Publish,
  type PublishAck,
  type Query,
  type Read,
  type Room,
  type RoomAck,
  readAnswer,
  readClose,
  readDeliverAck,
  readErrorReply,
  readFleetingEvent,
  readGap,
  readGoAway,
  readKick,
  readLogin,
  readLoginAck,
  readMessage,
  readPublish,
  readPublishAck,
  readQuery,
  readRead,
  readRoom,
  readRoomAck,
  readSend,
  readSendAck,
  readSync,
  readSyncAck,
  readTyping,
  readWatch,
  readWatchAck,
  type Send,
  type SendAck,
  type Sync,
  type SyncAck,
  type Typing,
  type Watch,
  type WatchAck,
  writeAnswer,
  writeClose,
  writeDeliverAck,
  writeErrorReply,
  writeFleetingEvent,
  writeGap,
  writeGoAway,
  writeKick,
  writeLogin,
  writeLoginAck,
  writeMessage,
  writePublish,
  writePublishAck,
  writeQuery,
  writeRead,
  writeRoom,
  writeRoomAck,
  writeSend,
  writeSendAck,
  writeSync,
  writeSyncAck,
  writeTyping,
  writeWatch,
  writeWatchAck,
} from './gen/hawser.ts'
import type { ProtobufReader } from './protobuf-reader.ts'
import type { ProtobufWriter } from './protobuf-writer.ts'

/** The number of each command in the frame header (docs/PROTOCOL.md, "Commands"). */
export const Command = {
  LOGIN: 1,
  LOGIN_ACK: 2,
  LOGOUT: 3,
  PING: 5,
  PONG: 6,
  SEND: 7,
  SEND_ACK: 8,
  DELIVER: 9,
  DELIVER_ACK: 10,
  SYNC: 11,
  SYNC_ACK: 12,
  READ: 13,
  READ_ACK: 14,
  EVENT: 15,
  GAP: 16,
  KICK: 17,
  GOAWAY: 18,
  ERROR: 19,
  CLOSE: 20,
  QUERY: 21,
  QUERY_ACK: 22,
  TYPING: 23,
  WATCH: 24,
  WATCH_ACK: 25,
  ROOM: 26,
  ROOM_ACK: 27,
  PUBLISH: 28,
  PUBLISH_ACK: 29,
} as const
/** One of these numbers. */
export type Command = (typeof Command)[keyof typeof Command]

/** A body of no fields. */
export type Empty = Record<string, never>

interface BodyCodec<T> {
  readonly write: (writer: ProtobufWriter, body: T) => void
  readonly read: (reader: ProtobufReader) => T
}

const empty: BodyCodec<Empty> = { write: () => {}, read: () => ({}) }
const codec = <T>(write: BodyCodec<T>['write'], read: BodyCodec<T>['read']): BodyCodec<T> => ({ write, read })

/** Which message each command carries: the one table from which types and codecs follow. */
export const BODIES = {
  [Command.LOGIN]: codec<Login>(writeLogin, readLogin),
  [Command.LOGIN_ACK]: codec<LoginAck>(writeLoginAck, readLoginAck),
  [Command.LOGOUT]: empty,
  [Command.PING]: empty,
  [Command.PONG]: empty,
  [Command.SEND]: codec<Send>(writeSend, readSend),
  [Command.SEND_ACK]: codec<SendAck>(writeSendAck, readSendAck),
  [Command.DELIVER]: codec<Message>(writeMessage, readMessage),
  [Command.DELIVER_ACK]: codec<DeliverAck>(writeDeliverAck, readDeliverAck),
  [Command.SYNC]: codec<Sync>(writeSync, readSync),
  [Command.SYNC_ACK]: codec<SyncAck>(writeSyncAck, readSyncAck),
  [Command.READ]: codec<Read>(writeRead, readRead),
  [Command.READ_ACK]: codec<Read>(writeRead, readRead),
  [Command.EVENT]: codec<FleetingEvent>(writeFleetingEvent, readFleetingEvent),
  [Command.GAP]: codec<Gap>(writeGap, readGap),
  [Command.KICK]: codec<Kick>(writeKick, readKick),
  [Command.GOAWAY]: codec<GoAway>(writeGoAway, readGoAway),
  [Command.ERROR]: codec<ErrorReply>(writeErrorReply, readErrorReply),
  [Command.CLOSE]: codec<Close>(writeClose, readClose),
  [Command.QUERY]: codec<Query>(writeQuery, readQuery),
  [Command.QUERY_ACK]: codec<Answer>(writeAnswer, readAnswer),
  [Command.TYPING]: codec<Typing>(writeTyping, readTyping),
  [Command.WATCH]: codec<Watch>(writeWatch, readWatch),
  [Command.WATCH_ACK]: codec<WatchAck>(writeWatchAck, readWatchAck),
  [Command.ROOM]: codec<Room>(writeRoom, readRoom),
  [Command.ROOM_ACK]: codec<RoomAck>(writeRoomAck, readRoomAck),
  [Command.PUBLISH]: codec<Publish>(writePublish, readPublish),
  [Command.PUBLISH_ACK]: codec<PublishAck>(writePublishAck, readPublishAck),
}

/** The message type of a command. */
export type BodyOf<C extends Command> = (typeof BODIES)[C] extends BodyCodec<infer T> ? T : never

const names = new Map<number, keyof typeof Command>(Object.entries(Command).map(([name, number]) => [number, name as keyof typeof Command]))

/** The command's name, for people; undefined for a number that is none. */
export function commandName(command: number): keyof typeof Command | undefined {
  return names.get(command)
}
