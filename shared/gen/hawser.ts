// Made from shared/proto/hawser.proto by `npm run generate`. Do not edit.
import type { ProtobufReader } from '../protobuf-reader.ts'
import type { ProtobufWriter } from '../protobuf-writer.ts'

const EMPTY = new Uint8Array(0)

/** What a person holds. Under the default policy one session per class stays. */
export const DeviceClass = {
  DEVICE_CLASS_UNSPECIFIED: 0,
  PHONE: 1,
  TABLET: 2,
  DESKTOP: 3,
  WEB: 4,
  TERMINAL: 5,
  SERVICE: 6,
} as const
export type DeviceClass = (typeof DeviceClass)[keyof typeof DeviceClass]

/** A value this version does not know reads as DEVICE_CLASS_UNSPECIFIED. */
function toDeviceClass(value: number): DeviceClass {
  return value <= 6 ? (value as DeviceClass) : DeviceClass.DEVICE_CLASS_UNSPECIFIED
}

/** Who asked for this connection. A displaced client's own reconnect is refused. */
export const Intent = {
  PERSON: 0,
  AUTOMATIC: 1,
} as const
export type Intent = (typeof Intent)[keyof typeof Intent]

/** A value this version does not know reads as PERSON. */
function toIntent(value: number): Intent {
  return value <= 1 ? (value as Intent) : Intent.PERSON
}

export const Durability = {
  DURABILITY_UNSPECIFIED: 0,
  FSYNCED: 1,
  REPLICATED: 2,
} as const
export type Durability = (typeof Durability)[keyof typeof Durability]

/** A value this version does not know reads as DURABILITY_UNSPECIFIED. */
function toDurability(value: number): Durability {
  return value <= 2 ? (value as Durability) : Durability.DURABILITY_UNSPECIFIED
}

export const Direction = {
  FORWARD: 0,
  BACKWARD: 1,
} as const
export type Direction = (typeof Direction)[keyof typeof Direction]

/** A value this version does not know reads as FORWARD. */
function toDirection(value: number): Direction {
  return value <= 1 ? (value as Direction) : Direction.FORWARD
}

/** LOGIN */
export interface Login {
  token: string
  deviceId: string
  deviceClass: DeviceClass
  /** One running copy of the client (a browser tab, a process): copies on one device live side by side. */
  instanceId: string
  intent: Intent
  /** The generation of the session this client held before, 0 for none. */
  generation: number
  /** Name and version of the client software, for operators. */
  client: string
  /** That of the LOGIN_ACK before, to go on with its session; the token may be left out then (L8). */
  ticket: string
}

export function writeLogin(w: ProtobufWriter, m: Login): void {
  if (m.token !== '') {
    w.byte(10)
    w.string(m.token)
  }
  if (m.deviceId !== '') {
    w.byte(18)
    w.string(m.deviceId)
  }
  if (m.deviceClass !== 0) {
    w.byte(24)
    w.varint(m.deviceClass)
  }
  if (m.instanceId !== '') {
    w.byte(34)
    w.string(m.instanceId)
  }
  if (m.intent !== 0) {
    w.byte(40)
    w.varint(m.intent)
  }
  if (m.generation !== 0) {
    w.byte(48)
    w.varint(m.generation)
  }
  if (m.client !== '') {
    w.byte(58)
    w.string(m.client)
  }
  if (m.ticket !== '') {
    w.byte(66)
    w.string(m.ticket)
  }
}

export function readLogin(r: ProtobufReader): Login {
  const m: Login = { token: '', deviceId: '', deviceClass: 0, instanceId: '', intent: 0, generation: 0, client: '', ticket: '' }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.token = r.string()
        break
      case 18:
        m.deviceId = r.string()
        break
      case 24:
        m.deviceClass = toDeviceClass(r.uint32())
        break
      case 34:
        m.instanceId = r.string()
        break
      case 40:
        m.intent = toIntent(r.uint32())
        break
      case 48:
        m.generation = r.varint()
        break
      case 58:
        m.client = r.string()
        break
      case 66:
        m.ticket = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** LOGIN_ACK */
export interface LoginAck {
  sessionId: string
  userId: string
  generation: number
  /** A client that is silent for longer than this is ended as heartbeat_timeout; 0 when the edge keeps the heartbeat. */
  heartbeatTimeoutMs: number
  serverTime: number
  maxFrameBytes: number
  /** Presented in the next LOGIN, the session goes on by whatever door (L8). */
  ticket: string
  /** The session of the presented ticket goes on. */
  resumed: boolean
  /** Why it does not: a code, empty where no ticket was presented. */
  resumeRefusal: string
}

export function writeLoginAck(w: ProtobufWriter, m: LoginAck): void {
  if (m.sessionId !== '') {
    w.byte(10)
    w.string(m.sessionId)
  }
  if (m.userId !== '') {
    w.byte(18)
    w.string(m.userId)
  }
  if (m.generation !== 0) {
    w.byte(24)
    w.varint(m.generation)
  }
  if (m.heartbeatTimeoutMs !== 0) {
    w.byte(32)
    w.varint(m.heartbeatTimeoutMs)
  }
  if (m.serverTime !== 0) {
    w.byte(40)
    w.varint(m.serverTime)
  }
  if (m.maxFrameBytes !== 0) {
    w.byte(48)
    w.varint(m.maxFrameBytes)
  }
  if (m.ticket !== '') {
    w.byte(58)
    w.string(m.ticket)
  }
  if (m.resumed) {
    w.byte(64)
    w.byte(1)
  }
  if (m.resumeRefusal !== '') {
    w.byte(74)
    w.string(m.resumeRefusal)
  }
}

export function readLoginAck(r: ProtobufReader): LoginAck {
  const m: LoginAck = { sessionId: '', userId: '', generation: 0, heartbeatTimeoutMs: 0, serverTime: 0, maxFrameBytes: 0, ticket: '', resumed: false, resumeRefusal: '' }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.sessionId = r.string()
        break
      case 18:
        m.userId = r.string()
        break
      case 24:
        m.generation = r.varint()
        break
      case 32:
        m.heartbeatTimeoutMs = r.uint32()
        break
      case 40:
        m.serverTime = r.varint()
        break
      case 48:
        m.maxFrameBytes = r.uint32()
        break
      case 58:
        m.ticket = r.string()
        break
      case 64:
        m.resumed = r.bool()
        break
      case 74:
        m.resumeRefusal = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** SEND */
export interface Send {
  clientMessageId: string
  /** Exactly one of the two. */
  toUser: string
  conversationId: string
  contentType: string
  content: Uint8Array
}

export function writeSend(w: ProtobufWriter, m: Send): void {
  if (m.clientMessageId !== '') {
    w.byte(10)
    w.string(m.clientMessageId)
  }
  if (m.toUser !== '') {
    w.byte(18)
    w.string(m.toUser)
  }
  if (m.conversationId !== '') {
    w.byte(26)
    w.string(m.conversationId)
  }
  if (m.contentType !== '') {
    w.byte(34)
    w.string(m.contentType)
  }
  if (m.content.length > 0) {
    w.byte(42)
    w.bytes(m.content)
  }
}

export function readSend(r: ProtobufReader): Send {
  const m: Send = { clientMessageId: '', toUser: '', conversationId: '', contentType: '', content: EMPTY }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.clientMessageId = r.string()
        break
      case 18:
        m.toUser = r.string()
        break
      case 26:
        m.conversationId = r.string()
        break
      case 34:
        m.contentType = r.string()
        break
      case 42:
        m.content = r.bytes()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** SEND_ACK */
export interface SendAck {
  conversationId: string
  seq: number
  messageId: string
  sentAt: number
  durability: Durability
  /** The same client_message_id had been stored before; this is the first one's place. */
  duplicate: boolean
  /** As in Message. */
  digest: number
}

export function writeSendAck(w: ProtobufWriter, m: SendAck): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId)
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq)
  }
  if (m.messageId !== '') {
    w.byte(26)
    w.string(m.messageId)
  }
  if (m.sentAt !== 0) {
    w.byte(32)
    w.varint(m.sentAt)
  }
  if (m.durability !== 0) {
    w.byte(40)
    w.varint(m.durability)
  }
  if (m.duplicate) {
    w.byte(48)
    w.byte(1)
  }
  if (m.digest !== 0) {
    w.byte(56)
    w.varint(m.digest)
  }
}

export function readSendAck(r: ProtobufReader): SendAck {
  const m: SendAck = { conversationId: '', seq: 0, messageId: '', sentAt: 0, durability: 0, duplicate: false, digest: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversationId = r.string()
        break
      case 16:
        m.seq = r.varint()
        break
      case 26:
        m.messageId = r.string()
        break
      case 32:
        m.sentAt = r.varint()
        break
      case 40:
        m.durability = toDurability(r.uint32())
        break
      case 48:
        m.duplicate = r.bool()
        break
      case 56:
        m.digest = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** DELIVER, and an entry of a page */
export interface Message {
  conversationId: string
  seq: number
  messageId: string
  sender: string
  clientMessageId: string
  /** Milliseconds since 1970 when the core took it in. */
  sentAt: number
  contentType: string
  content: Uint8Array
  /** Of this message and all before it in the conversation; opaque. 0 where it is not known. */
  digest: number
}

export function writeMessage(w: ProtobufWriter, m: Message): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId)
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq)
  }
  if (m.messageId !== '') {
    w.byte(26)
    w.string(m.messageId)
  }
  if (m.sender !== '') {
    w.byte(34)
    w.string(m.sender)
  }
  if (m.clientMessageId !== '') {
    w.byte(42)
    w.string(m.clientMessageId)
  }
  if (m.sentAt !== 0) {
    w.byte(48)
    w.varint(m.sentAt)
  }
  if (m.contentType !== '') {
    w.byte(58)
    w.string(m.contentType)
  }
  if (m.content.length > 0) {
    w.byte(66)
    w.bytes(m.content)
  }
  if (m.digest !== 0) {
    w.byte(72)
    w.varint(m.digest)
  }
}

export function readMessage(r: ProtobufReader): Message {
  const m: Message = { conversationId: '', seq: 0, messageId: '', sender: '', clientMessageId: '', sentAt: 0, contentType: '', content: EMPTY, digest: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversationId = r.string()
        break
      case 16:
        m.seq = r.varint()
        break
      case 26:
        m.messageId = r.string()
        break
      case 34:
        m.sender = r.string()
        break
      case 42:
        m.clientMessageId = r.string()
        break
      case 48:
        m.sentAt = r.varint()
        break
      case 58:
        m.contentType = r.string()
        break
      case 66:
        m.content = r.bytes()
        break
      case 72:
        m.digest = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Position {
  conversationId: string
  seq: number
}

export function writePosition(w: ProtobufWriter, m: Position): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId)
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq)
  }
}

export function readPosition(r: ProtobufReader): Position {
  const m: Position = { conversationId: '', seq: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversationId = r.string()
        break
      case 16:
        m.seq = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** DELIVER_ACK: everything up to seq has arrived */
export interface DeliverAck {
  positions: Position[]
}

export function writeDeliverAck(w: ProtobufWriter, m: DeliverAck): void {
  for (const item of m.positions) {
    w.byte(10)
    {
      const at = w.open()
      writePosition(w, item)
      w.close(at)
    }
  }
}

export function readDeliverAck(r: ProtobufReader): DeliverAck {
  const m: DeliverAck = { positions: [] }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.positions.push(readPosition(r.nested()))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** SYNC: exactly one of the two */
export interface Sync {
  page: PageQuery | undefined
  list: ListQuery | undefined
}

export function writeSync(w: ProtobufWriter, m: Sync): void {
  if (m.page !== undefined) {
    w.byte(10)
    {
      const at = w.open()
      writePageQuery(w, m.page)
      w.close(at)
    }
  }
  if (m.list !== undefined) {
    w.byte(18)
    {
      const at = w.open()
      writeListQuery(w, m.list)
      w.close(at)
    }
  }
}

export function readSync(r: ProtobufReader): Sync {
  const m: Sync = { page: undefined, list: undefined }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.page = readPageQuery(r.nested())
        break
      case 18:
        m.list = readListQuery(r.nested())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface PageQuery {
  /** Exactly one of the two. */
  conversationId: string
  withUser: string
  direction: Direction
  /** Exclusive. FORWARD: greater than it. BACKWARD: less than it, 0 for the newest. */
  fromSeq: number
  limit: number
  /** FORWARD: what the client knows of the conversation at from_seq; 0 what it does not. */
  epoch: number
  digest: number
}

export function writePageQuery(w: ProtobufWriter, m: PageQuery): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId)
  }
  if (m.withUser !== '') {
    w.byte(18)
    w.string(m.withUser)
  }
  if (m.direction !== 0) {
    w.byte(24)
    w.varint(m.direction)
  }
  if (m.fromSeq !== 0) {
    w.byte(32)
    w.varint(m.fromSeq)
  }
  if (m.limit !== 0) {
    w.byte(40)
    w.varint(m.limit)
  }
  if (m.epoch !== 0) {
    w.byte(48)
    w.varint(m.epoch)
  }
  if (m.digest !== 0) {
    w.byte(56)
    w.varint(m.digest)
  }
}

export function readPageQuery(r: ProtobufReader): PageQuery {
  const m: PageQuery = { conversationId: '', withUser: '', direction: 0, fromSeq: 0, limit: 0, epoch: 0, digest: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversationId = r.string()
        break
      case 18:
        m.withUser = r.string()
        break
      case 24:
        m.direction = toDirection(r.uint32())
        break
      case 32:
        m.fromSeq = r.varint()
        break
      case 40:
        m.limit = r.uint32()
        break
      case 48:
        m.epoch = r.varint()
        break
      case 56:
        m.digest = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface ListQuery {
  /** The next_cursor of the page before, empty for the first. */
  cursor: string
  limit: number
}

export function writeListQuery(w: ProtobufWriter, m: ListQuery): void {
  if (m.cursor !== '') {
    w.byte(10)
    w.string(m.cursor)
  }
  if (m.limit !== 0) {
    w.byte(16)
    w.varint(m.limit)
  }
}

export function readListQuery(r: ProtobufReader): ListQuery {
  const m: ListQuery = { cursor: '', limit: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.cursor = r.string()
        break
      case 16:
        m.limit = r.uint32()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** SYNC_ACK */
export interface SyncAck {
  page: Page | undefined
  list: ConversationList | undefined
}

export function writeSyncAck(w: ProtobufWriter, m: SyncAck): void {
  if (m.page !== undefined) {
    w.byte(10)
    {
      const at = w.open()
      writePage(w, m.page)
      w.close(at)
    }
  }
  if (m.list !== undefined) {
    w.byte(18)
    {
      const at = w.open()
      writeConversationList(w, m.list)
      w.close(at)
    }
  }
}

export function readSyncAck(r: ProtobufReader): SyncAck {
  const m: SyncAck = { page: undefined, list: undefined }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.page = readPage(r.nested())
        break
      case 18:
        m.list = readConversationList(r.nested())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** Messages in ascending seq, whichever way was asked */
export interface Page {
  conversationId: string
  messages: Message[]
  /** There are more in the direction asked. */
  more: boolean
  lastSeq: number
  /** Which history of the conversation this is; opaque. */
  epoch: number
  /** What the client has is not what the log has: see from_seq. */
  discontinuity: boolean
  /** Exclusive, where the page begins. After a discontinuity what the client has past it is void. */
  fromSeq: number
}

export function writePage(w: ProtobufWriter, m: Page): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId)
  }
  for (const item of m.messages) {
    w.byte(18)
    {
      const at = w.open()
      writeMessage(w, item)
      w.close(at)
    }
  }
  if (m.more) {
    w.byte(24)
    w.byte(1)
  }
  if (m.lastSeq !== 0) {
    w.byte(32)
    w.varint(m.lastSeq)
  }
  if (m.epoch !== 0) {
    w.byte(40)
    w.varint(m.epoch)
  }
  if (m.discontinuity) {
    w.byte(48)
    w.byte(1)
  }
  if (m.fromSeq !== 0) {
    w.byte(56)
    w.varint(m.fromSeq)
  }
}

export function readPage(r: ProtobufReader): Page {
  const m: Page = { conversationId: '', messages: [], more: false, lastSeq: 0, epoch: 0, discontinuity: false, fromSeq: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversationId = r.string()
        break
      case 18:
        m.messages.push(readMessage(r.nested()))
        break
      case 24:
        m.more = r.bool()
        break
      case 32:
        m.lastSeq = r.varint()
        break
      case 40:
        m.epoch = r.varint()
        break
      case 48:
        m.discontinuity = r.bool()
        break
      case 56:
        m.fromSeq = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface ConversationList {
  conversations: Conversation[]
  nextCursor: string
}

export function writeConversationList(w: ProtobufWriter, m: ConversationList): void {
  for (const item of m.conversations) {
    w.byte(10)
    {
      const at = w.open()
      writeConversation(w, item)
      w.close(at)
    }
  }
  if (m.nextCursor !== '') {
    w.byte(18)
    w.string(m.nextCursor)
  }
}

export function readConversationList(r: ProtobufReader): ConversationList {
  const m: ConversationList = { conversations: [], nextCursor: '' }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversations.push(readConversation(r.nested()))
        break
      case 18:
        m.nextCursor = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Conversation {
  conversationId: string
  /** The other user of a 1:1 conversation. */
  peer: string
  lastSeq: number
  readSeq: number
  deliveredSeq: number
  /** Messages of others past read_seq, counted up to 1000. */
  unread: number
  peerReadSeq: number
  peerDeliveredSeq: number
  lastMessage: Message | undefined
  /** As in Page, and the digest at last_seq. */
  epoch: number
  digest: number
}

export function writeConversation(w: ProtobufWriter, m: Conversation): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId)
  }
  if (m.peer !== '') {
    w.byte(18)
    w.string(m.peer)
  }
  if (m.lastSeq !== 0) {
    w.byte(24)
    w.varint(m.lastSeq)
  }
  if (m.readSeq !== 0) {
    w.byte(32)
    w.varint(m.readSeq)
  }
  if (m.deliveredSeq !== 0) {
    w.byte(40)
    w.varint(m.deliveredSeq)
  }
  if (m.unread !== 0) {
    w.byte(48)
    w.varint(m.unread)
  }
  if (m.peerReadSeq !== 0) {
    w.byte(56)
    w.varint(m.peerReadSeq)
  }
  if (m.peerDeliveredSeq !== 0) {
    w.byte(64)
    w.varint(m.peerDeliveredSeq)
  }
  if (m.lastMessage !== undefined) {
    w.byte(74)
    {
      const at = w.open()
      writeMessage(w, m.lastMessage)
      w.close(at)
    }
  }
  if (m.epoch !== 0) {
    w.byte(80)
    w.varint(m.epoch)
  }
  if (m.digest !== 0) {
    w.byte(88)
    w.varint(m.digest)
  }
}

export function readConversation(r: ProtobufReader): Conversation {
  const m: Conversation = { conversationId: '', peer: '', lastSeq: 0, readSeq: 0, deliveredSeq: 0, unread: 0, peerReadSeq: 0, peerDeliveredSeq: 0, lastMessage: undefined, epoch: 0, digest: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversationId = r.string()
        break
      case 18:
        m.peer = r.string()
        break
      case 24:
        m.lastSeq = r.varint()
        break
      case 32:
        m.readSeq = r.varint()
        break
      case 40:
        m.deliveredSeq = r.varint()
        break
      case 48:
        m.unread = r.uint32()
        break
      case 56:
        m.peerReadSeq = r.varint()
        break
      case 64:
        m.peerDeliveredSeq = r.varint()
        break
      case 74:
        m.lastMessage = readMessage(r.nested())
        break
      case 80:
        m.epoch = r.varint()
        break
      case 88:
        m.digest = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** READ and READ_ACK */
export interface Read {
  conversationId: string
  seq: number
}

export function writeRead(w: ProtobufWriter, m: Read): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId)
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq)
  }
}

export function readRead(r: ProtobufReader): Read {
  const m: Read = { conversationId: '', seq: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversationId = r.string()
        break
      case 16:
        m.seq = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** EVENT: fleeting, the latest wins */
export interface FleetingEvent {
  receipt: Receipt | undefined
}

export function writeFleetingEvent(w: ProtobufWriter, m: FleetingEvent): void {
  if (m.receipt !== undefined) {
    w.byte(10)
    {
      const at = w.open()
      writeReceipt(w, m.receipt)
      w.close(at)
    }
  }
}

export function readFleetingEvent(r: ProtobufReader): FleetingEvent {
  const m: FleetingEvent = { receipt: undefined }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.receipt = readReceipt(r.nested())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Receipt {
  conversationId: string
  userId: string
  deliveredSeq: number
  readSeq: number
}

export function writeReceipt(w: ProtobufWriter, m: Receipt): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId)
  }
  if (m.userId !== '') {
    w.byte(18)
    w.string(m.userId)
  }
  if (m.deliveredSeq !== 0) {
    w.byte(24)
    w.varint(m.deliveredSeq)
  }
  if (m.readSeq !== 0) {
    w.byte(32)
    w.varint(m.readSeq)
  }
}

export function readReceipt(r: ProtobufReader): Receipt {
  const m: Receipt = { conversationId: '', userId: '', deliveredSeq: 0, readSeq: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversationId = r.string()
        break
      case 18:
        m.userId = r.string()
        break
      case 24:
        m.deliveredSeq = r.varint()
        break
      case 32:
        m.readSeq = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** GAP: messages up to last_seq were not pushed; pull them with SYNC. Without a conversation: any conversation may have moved. */
export interface Gap {
  conversationId: string
  lastSeq: number
}

export function writeGap(w: ProtobufWriter, m: Gap): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId)
  }
  if (m.lastSeq !== 0) {
    w.byte(16)
    w.varint(m.lastSeq)
  }
}

export function readGap(r: ProtobufReader): Gap {
  const m: Gap = { conversationId: '', lastSeq: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.conversationId = r.string()
        break
      case 16:
        m.lastSeq = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** KICK: another login took this session's place; CLOSE follows */
export interface Kick {
  deviceClass: DeviceClass
  deviceId: string
  client: string
  at: number
  generation: number
}

export function writeKick(w: ProtobufWriter, m: Kick): void {
  if (m.deviceClass !== 0) {
    w.byte(8)
    w.varint(m.deviceClass)
  }
  if (m.deviceId !== '') {
    w.byte(18)
    w.string(m.deviceId)
  }
  if (m.client !== '') {
    w.byte(26)
    w.string(m.client)
  }
  if (m.at !== 0) {
    w.byte(32)
    w.varint(m.at)
  }
  if (m.generation !== 0) {
    w.byte(40)
    w.varint(m.generation)
  }
}

export function readKick(r: ProtobufReader): Kick {
  const m: Kick = { deviceClass: 0, deviceId: '', client: '', at: 0, generation: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 8:
        m.deviceClass = toDeviceClass(r.uint32())
        break
      case 18:
        m.deviceId = r.string()
        break
      case 26:
        m.client = r.string()
        break
      case 32:
        m.at = r.varint()
        break
      case 40:
        m.generation = r.varint()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** GOAWAY: finish and come back after the delay */
export interface GoAway {
  reason: string
  reconnectAfterMs: number
}

export function writeGoAway(w: ProtobufWriter, m: GoAway): void {
  if (m.reason !== '') {
    w.byte(10)
    w.string(m.reason)
  }
  if (m.reconnectAfterMs !== 0) {
    w.byte(16)
    w.varint(m.reconnectAfterMs)
  }
}

export function readGoAway(r: ProtobufReader): GoAway {
  const m: GoAway = { reason: '', reconnectAfterMs: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.reason = r.string()
        break
      case 16:
        m.reconnectAfterMs = r.uint32()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** ERROR: answers one request, the connection lives */
export interface ErrorReply {
  code: string
  message: string
  /** The field that was wrong, empty where none is. */
  field: string
  retryAfterMs: number
}

export function writeErrorReply(w: ProtobufWriter, m: ErrorReply): void {
  if (m.code !== '') {
    w.byte(10)
    w.string(m.code)
  }
  if (m.message !== '') {
    w.byte(18)
    w.string(m.message)
  }
  if (m.field !== '') {
    w.byte(26)
    w.string(m.field)
  }
  if (m.retryAfterMs !== 0) {
    w.byte(32)
    w.varint(m.retryAfterMs)
  }
}

export function readErrorReply(r: ProtobufReader): ErrorReply {
  const m: ErrorReply = { code: '', message: '', field: '', retryAfterMs: 0 }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 10:
        m.code = r.string()
        break
      case 18:
        m.message = r.string()
        break
      case 26:
        m.field = r.string()
        break
      case 32:
        m.retryAfterMs = r.uint32()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** CLOSE: the last frame on a byte stream; on a WebSocket its close frame says the same */
export interface Close {
  code: number
  reason: string
}

export function writeClose(w: ProtobufWriter, m: Close): void {
  if (m.code !== 0) {
    w.byte(8)
    w.varint(m.code)
  }
  if (m.reason !== '') {
    w.byte(18)
    w.string(m.reason)
  }
}

export function readClose(r: ProtobufReader): Close {
  const m: Close = { code: 0, reason: '' }
  while (r.position < r.end) {
    const tag = r.uint32()
    switch (tag) {
      case 8:
        m.code = r.uint32()
        break
      case 18:
        m.reason = r.string()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}
