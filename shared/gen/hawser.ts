// Made from shared/proto/hawser.proto by `npm run generate`. Do not edit.
import type { ProtobufReader } from '../protobuf-reader.ts'
import type { ProtobufWriter } from '../protobuf-writer.ts'

const EMPTY = new Uint8Array(0)

/** What a person holds. LOGIN names one (L3); the login policy says how many of a class a user may have (L4). */
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

/** Who asked for this connection. A displaced client's own reconnect is refused, as long as others have all the places that the login policy gives its class (L4, L5). */
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
    w.string(m.token, 'token')
  }
  if (m.deviceId !== '') {
    w.byte(18)
    w.string(m.deviceId, 'device_id')
  }
  if (m.deviceClass !== 0) {
    w.byte(24)
    w.varint(m.deviceClass)
  }
  if (m.instanceId !== '') {
    w.byte(34)
    w.string(m.instanceId, 'instance_id')
  }
  if (m.intent !== 0) {
    w.byte(40)
    w.varint(m.intent)
  }
  if (m.generation !== 0) {
    w.byte(48)
    w.varint(m.generation, 'generation')
  }
  if (m.client !== '') {
    w.byte(58)
    w.string(m.client, 'client')
  }
  if (m.ticket !== '') {
    w.byte(66)
    w.string(m.ticket, 'ticket')
  }
}

export function readLogin(r: ProtobufReader): Login {
  const m: Login = { token: '', deviceId: '', deviceClass: 0, instanceId: '', intent: 0, generation: 0, client: '', ticket: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.token = r.string('token')
        break
      case 18:
        m.deviceId = r.string('device_id')
        break
      case 24:
        m.deviceClass = toDeviceClass(r.varint())
        break
      case 34:
        m.instanceId = r.string('instance_id')
        break
      case 40:
        m.intent = toIntent(r.varint())
        break
      case 48:
        m.generation = r.varint('generation')
        break
      case 58:
        m.client = r.string('client')
        break
      case 66:
        m.ticket = r.string('ticket')
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
  /** What the server takes (L10). Content of a message, in bytes. */
  maxContentBytes: number
  /** What this session may send in a second. */
  framesPerSecond: number
  bytesPerSecond: number
  /** What all sessions of the user together may send in a second. */
  userFramesPerSecond: number
  userBytesPerSecond: number
}

export function writeLoginAck(w: ProtobufWriter, m: LoginAck): void {
  if (m.sessionId !== '') {
    w.byte(10)
    w.string(m.sessionId, 'session_id')
  }
  if (m.userId !== '') {
    w.byte(18)
    w.string(m.userId, 'user_id')
  }
  if (m.generation !== 0) {
    w.byte(24)
    w.varint(m.generation, 'generation')
  }
  if (m.heartbeatTimeoutMs !== 0) {
    w.byte(32)
    w.uint32(m.heartbeatTimeoutMs, 'heartbeat_timeout_ms')
  }
  if (m.serverTime !== 0) {
    w.byte(40)
    w.varint(m.serverTime, 'server_time')
  }
  if (m.maxFrameBytes !== 0) {
    w.byte(48)
    w.uint32(m.maxFrameBytes, 'max_frame_bytes')
  }
  if (m.ticket !== '') {
    w.byte(58)
    w.string(m.ticket, 'ticket')
  }
  if (m.resumed) {
    w.byte(64)
    w.byte(1)
  }
  if (m.resumeRefusal !== '') {
    w.byte(74)
    w.string(m.resumeRefusal, 'resume_refusal')
  }
  if (m.maxContentBytes !== 0) {
    w.byte(80)
    w.uint32(m.maxContentBytes, 'max_content_bytes')
  }
  if (m.framesPerSecond !== 0) {
    w.byte(88)
    w.uint32(m.framesPerSecond, 'frames_per_second')
  }
  if (m.bytesPerSecond !== 0) {
    w.byte(96)
    w.uint32(m.bytesPerSecond, 'bytes_per_second')
  }
  if (m.userFramesPerSecond !== 0) {
    w.byte(104)
    w.uint32(m.userFramesPerSecond, 'user_frames_per_second')
  }
  if (m.userBytesPerSecond !== 0) {
    w.byte(112)
    w.uint32(m.userBytesPerSecond, 'user_bytes_per_second')
  }
}

export function readLoginAck(r: ProtobufReader): LoginAck {
  const m: LoginAck = { sessionId: '', userId: '', generation: 0, heartbeatTimeoutMs: 0, serverTime: 0, maxFrameBytes: 0, ticket: '', resumed: false, resumeRefusal: '', maxContentBytes: 0, framesPerSecond: 0, bytesPerSecond: 0, userFramesPerSecond: 0, userBytesPerSecond: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.sessionId = r.string('session_id')
        break
      case 18:
        m.userId = r.string('user_id')
        break
      case 24:
        m.generation = r.varint('generation')
        break
      case 32:
        m.heartbeatTimeoutMs = r.uint32('heartbeat_timeout_ms')
        break
      case 40:
        m.serverTime = r.varint('server_time')
        break
      case 48:
        m.maxFrameBytes = r.uint32('max_frame_bytes')
        break
      case 58:
        m.ticket = r.string('ticket')
        break
      case 64:
        m.resumed = r.bool()
        break
      case 74:
        m.resumeRefusal = r.string('resume_refusal')
        break
      case 80:
        m.maxContentBytes = r.uint32('max_content_bytes')
        break
      case 88:
        m.framesPerSecond = r.uint32('frames_per_second')
        break
      case 96:
        m.bytesPerSecond = r.uint32('bytes_per_second')
        break
      case 104:
        m.userFramesPerSecond = r.uint32('user_frames_per_second')
        break
      case 112:
        m.userBytesPerSecond = r.uint32('user_bytes_per_second')
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
  /** What a message has besides its content; left out where there is none of it. */
  details?: Details | undefined
  /** In place of content: what is done to the conversation. */
  change?: Change | undefined
  /** Milliseconds since 1970: the message is kept until then, and sent. */
  sendAt?: number | undefined
}

export function writeSend(w: ProtobufWriter, m: Send): void {
  if (m.clientMessageId !== '') {
    w.byte(10)
    w.string(m.clientMessageId, 'client_message_id')
  }
  if (m.toUser !== '') {
    w.byte(18)
    w.string(m.toUser, 'to_user')
  }
  if (m.conversationId !== '') {
    w.byte(26)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.contentType !== '') {
    w.byte(34)
    w.string(m.contentType, 'content_type')
  }
  if (m.content.length > 0) {
    w.byte(42)
    w.bytes(m.content)
  }
  if (m.details !== undefined) {
    w.byte(50)
    {
      const at = w.open()
      writeDetails(w, m.details)
      w.close(at)
    }
  }
  if (m.change !== undefined) {
    w.byte(58)
    {
      const at = w.open()
      writeChange(w, m.change)
      w.close(at)
    }
  }
  if (m.sendAt !== undefined) {
    w.byte(64)
    w.varint(m.sendAt, 'send_at')
  }
}

export function readSend(r: ProtobufReader): Send {
  const m: Send = { clientMessageId: '', toUser: '', conversationId: '', contentType: '', content: EMPTY, details: undefined, change: undefined, sendAt: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.clientMessageId = r.string('client_message_id')
        break
      case 18:
        m.toUser = r.string('to_user')
        break
      case 26:
        m.conversationId = r.string('conversation_id')
        break
      case 34:
        m.contentType = r.string('content_type')
        break
      case 42:
        m.content = r.bytes('content')
        break
      case 50: {
        const end = r.enter()
        m.details = readDetails(r)
        r.leave(end)
        break
      }
      case 58: {
        const end = r.enter()
        m.change = readChange(r)
        r.leave(end)
        break
      }
      case 64:
        m.sendAt = r.varint('send_at')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** What a message has besides its content */
export interface Details {
  /** The seq of the message that this one answers; 0 for none. */
  replyTo: number
  /** The seq of the message whose thread this one is in; 0 for none. */
  thread: number
  /** User ids. At most 50. */
  mentions: string[]
  mentionAll: boolean
  /** Where the content was before. */
  forward?: Forward | undefined
  /** At most 16. */
  attributes: Attribute[]
  /** Milliseconds since 1970 when it disappears; 0 for never. */
  expiresAt: number
}

export function writeDetails(w: ProtobufWriter, m: Details): void {
  if (m.replyTo !== 0) {
    w.byte(8)
    w.varint(m.replyTo, 'reply_to')
  }
  if (m.thread !== 0) {
    w.byte(16)
    w.varint(m.thread, 'thread')
  }
  for (const item of m.mentions) {
    w.byte(26)
    w.string(item, 'mentions')
  }
  if (m.mentionAll) {
    w.byte(32)
    w.byte(1)
  }
  if (m.forward !== undefined) {
    w.byte(42)
    {
      const at = w.open()
      writeForward(w, m.forward)
      w.close(at)
    }
  }
  for (const item of m.attributes) {
    w.byte(50)
    {
      const at = w.open()
      writeAttribute(w, item)
      w.close(at)
    }
  }
  if (m.expiresAt !== 0) {
    w.byte(56)
    w.varint(m.expiresAt, 'expires_at')
  }
}

export function readDetails(r: ProtobufReader): Details {
  const m: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, forward: undefined, attributes: [], expiresAt: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.replyTo = r.varint('reply_to')
        break
      case 16:
        m.thread = r.varint('thread')
        break
      case 26:
        r.room(m.mentions.length, 50, 'mentions')
        m.mentions.push(r.string('mentions'))
        break
      case 32:
        m.mentionAll = r.bool()
        break
      case 42: {
        const end = r.enter()
        m.forward = readForward(r)
        r.leave(end)
        break
      }
      case 50: {
        r.room(m.attributes.length, 16, 'attributes')
        const end = r.enter()
        m.attributes.push(readAttribute(r))
        r.leave(end)
        break
      }
      case 56:
        m.expiresAt = r.varint('expires_at')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Forward {
  conversationId: string
  seq: number
  sender: string
}

export function writeForward(w: ProtobufWriter, m: Forward): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq, 'seq')
  }
  if (m.sender !== '') {
    w.byte(26)
    w.string(m.sender, 'sender')
  }
}

export function readForward(r: ProtobufReader): Forward {
  const m: Forward = { conversationId: '', seq: 0, sender: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.seq = r.varint('seq')
        break
      case 26:
        m.sender = r.string('sender')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Attribute {
  key: string
  /** Empty in a change: the key is taken away. */
  value: string
}

export function writeAttribute(w: ProtobufWriter, m: Attribute): void {
  if (m.key !== '') {
    w.byte(10)
    w.string(m.key, 'key')
  }
  if (m.value !== '') {
    w.byte(18)
    w.string(m.value, 'value')
  }
}

export function readAttribute(r: ProtobufReader): Attribute {
  const m: Attribute = { key: '', value: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.key = r.string('key')
        break
      case 18:
        m.value = r.string('value')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const Role = {
  ROLE_UNSPECIFIED: 0,
  MEMBER: 1,
  ADMIN: 2,
  OWNER: 3,
} as const
export type Role = (typeof Role)[keyof typeof Role]

/** A value this version does not know reads as ROLE_UNSPECIFIED. */
function toRole(value: number): Role {
  return value <= 3 ? (value as Role) : Role.ROLE_UNSPECIFIED
}

/** Something done to a conversation: an entry of its log like a message. Exactly one field. */
export interface Change {
  create?: GroupCreate | undefined
  update?: GroupUpdate | undefined
  add?: MembersAdd | undefined
  join?: Join | undefined
  leave?: Leave | undefined
  remove?: MembersRemove | undefined
  role?: RoleChange | undefined
  transfer?: Transfer | undefined
  mute?: Mute | undefined
  dissolve?: Dissolve | undefined
  edit?: Edit | undefined
  recall?: Recall | undefined
  react?: React | undefined
  pin?: Pin | undefined
  /** In the 1:1 conversation of the two. */
  contact?: Contact | undefined
  /** In the user's own conversation, which nobody else sees. */
  preference?: Preference | undefined
  block?: Block | undefined
  status?: Status | undefined
  unschedule?: Unschedule | undefined
  ban?: Ban | undefined
  /** By the server itself, in the sender's own conversation. */
  unsent?: Unsent | undefined
  reschedule?: Reschedule | undefined
}

export function writeChange(w: ProtobufWriter, m: Change): void {
  if (m.create !== undefined) {
    w.byte(10)
    {
      const at = w.open()
      writeGroupCreate(w, m.create)
      w.close(at)
    }
  }
  if (m.update !== undefined) {
    w.byte(18)
    {
      const at = w.open()
      writeGroupUpdate(w, m.update)
      w.close(at)
    }
  }
  if (m.add !== undefined) {
    w.byte(26)
    {
      const at = w.open()
      writeMembersAdd(w, m.add)
      w.close(at)
    }
  }
  if (m.join !== undefined) {
    w.byte(34)
    {
      const at = w.open()
      writeJoin(w, m.join)
      w.close(at)
    }
  }
  if (m.leave !== undefined) {
    w.byte(42)
    {
      const at = w.open()
      writeLeave(w, m.leave)
      w.close(at)
    }
  }
  if (m.remove !== undefined) {
    w.byte(50)
    {
      const at = w.open()
      writeMembersRemove(w, m.remove)
      w.close(at)
    }
  }
  if (m.role !== undefined) {
    w.byte(58)
    {
      const at = w.open()
      writeRoleChange(w, m.role)
      w.close(at)
    }
  }
  if (m.transfer !== undefined) {
    w.byte(66)
    {
      const at = w.open()
      writeTransfer(w, m.transfer)
      w.close(at)
    }
  }
  if (m.mute !== undefined) {
    w.byte(74)
    {
      const at = w.open()
      writeMute(w, m.mute)
      w.close(at)
    }
  }
  if (m.dissolve !== undefined) {
    w.byte(82)
    {
      const at = w.open()
      writeDissolve(w, m.dissolve)
      w.close(at)
    }
  }
  if (m.edit !== undefined) {
    w.byte(90)
    {
      const at = w.open()
      writeEdit(w, m.edit)
      w.close(at)
    }
  }
  if (m.recall !== undefined) {
    w.byte(98)
    {
      const at = w.open()
      writeRecall(w, m.recall)
      w.close(at)
    }
  }
  if (m.react !== undefined) {
    w.byte(106)
    {
      const at = w.open()
      writeReact(w, m.react)
      w.close(at)
    }
  }
  if (m.pin !== undefined) {
    w.byte(114)
    {
      const at = w.open()
      writePin(w, m.pin)
      w.close(at)
    }
  }
  if (m.contact !== undefined) {
    w.byte(122)
    {
      const at = w.open()
      writeContact(w, m.contact)
      w.close(at)
    }
  }
  if (m.preference !== undefined) {
    w.varint(130)
    {
      const at = w.open()
      writePreference(w, m.preference)
      w.close(at)
    }
  }
  if (m.block !== undefined) {
    w.varint(138)
    {
      const at = w.open()
      writeBlock(w, m.block)
      w.close(at)
    }
  }
  if (m.status !== undefined) {
    w.varint(146)
    {
      const at = w.open()
      writeStatus(w, m.status)
      w.close(at)
    }
  }
  if (m.unschedule !== undefined) {
    w.varint(154)
    {
      const at = w.open()
      writeUnschedule(w, m.unschedule)
      w.close(at)
    }
  }
  if (m.ban !== undefined) {
    w.varint(162)
    {
      const at = w.open()
      writeBan(w, m.ban)
      w.close(at)
    }
  }
  if (m.unsent !== undefined) {
    w.varint(170)
    {
      const at = w.open()
      writeUnsent(w, m.unsent)
      w.close(at)
    }
  }
  if (m.reschedule !== undefined) {
    w.varint(178)
    {
      const at = w.open()
      writeReschedule(w, m.reschedule)
      w.close(at)
    }
  }
}

export function readChange(r: ProtobufReader): Change {
  const m: Change = { create: undefined, update: undefined, add: undefined, join: undefined, leave: undefined, remove: undefined, role: undefined, transfer: undefined, mute: undefined, dissolve: undefined, edit: undefined, recall: undefined, react: undefined, pin: undefined, contact: undefined, preference: undefined, block: undefined, status: undefined, unschedule: undefined, ban: undefined, unsent: undefined, reschedule: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.create = readGroupCreate(r)
        r.leave(end)
        break
      }
      case 18: {
        const end = r.enter()
        m.update = readGroupUpdate(r)
        r.leave(end)
        break
      }
      case 26: {
        const end = r.enter()
        m.add = readMembersAdd(r)
        r.leave(end)
        break
      }
      case 34: {
        const end = r.enter()
        m.join = readJoin(r)
        r.leave(end)
        break
      }
      case 42: {
        const end = r.enter()
        m.leave = readLeave(r)
        r.leave(end)
        break
      }
      case 50: {
        const end = r.enter()
        m.remove = readMembersRemove(r)
        r.leave(end)
        break
      }
      case 58: {
        const end = r.enter()
        m.role = readRoleChange(r)
        r.leave(end)
        break
      }
      case 66: {
        const end = r.enter()
        m.transfer = readTransfer(r)
        r.leave(end)
        break
      }
      case 74: {
        const end = r.enter()
        m.mute = readMute(r)
        r.leave(end)
        break
      }
      case 82: {
        const end = r.enter()
        m.dissolve = readDissolve(r)
        r.leave(end)
        break
      }
      case 90: {
        const end = r.enter()
        m.edit = readEdit(r)
        r.leave(end)
        break
      }
      case 98: {
        const end = r.enter()
        m.recall = readRecall(r)
        r.leave(end)
        break
      }
      case 106: {
        const end = r.enter()
        m.react = readReact(r)
        r.leave(end)
        break
      }
      case 114: {
        const end = r.enter()
        m.pin = readPin(r)
        r.leave(end)
        break
      }
      case 122: {
        const end = r.enter()
        m.contact = readContact(r)
        r.leave(end)
        break
      }
      case 130: {
        const end = r.enter()
        m.preference = readPreference(r)
        r.leave(end)
        break
      }
      case 138: {
        const end = r.enter()
        m.block = readBlock(r)
        r.leave(end)
        break
      }
      case 146: {
        const end = r.enter()
        m.status = readStatus(r)
        r.leave(end)
        break
      }
      case 154: {
        const end = r.enter()
        m.unschedule = readUnschedule(r)
        r.leave(end)
        break
      }
      case 162: {
        const end = r.enter()
        m.ban = readBan(r)
        r.leave(end)
        break
      }
      case 170: {
        const end = r.enter()
        m.unsent = readUnsent(r)
        r.leave(end)
        break
      }
      case 178: {
        const end = r.enter()
        m.reschedule = readReschedule(r)
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

/** The one field that is given in a Change. */
export type ChangeCase =
  | { readonly kind: 'create'; readonly body: GroupCreate }
  | { readonly kind: 'update'; readonly body: GroupUpdate }
  | { readonly kind: 'add'; readonly body: MembersAdd }
  | { readonly kind: 'join'; readonly body: Join }
  | { readonly kind: 'leave'; readonly body: Leave }
  | { readonly kind: 'remove'; readonly body: MembersRemove }
  | { readonly kind: 'role'; readonly body: RoleChange }
  | { readonly kind: 'transfer'; readonly body: Transfer }
  | { readonly kind: 'mute'; readonly body: Mute }
  | { readonly kind: 'dissolve'; readonly body: Dissolve }
  | { readonly kind: 'edit'; readonly body: Edit }
  | { readonly kind: 'recall'; readonly body: Recall }
  | { readonly kind: 'react'; readonly body: React }
  | { readonly kind: 'pin'; readonly body: Pin }
  | { readonly kind: 'contact'; readonly body: Contact }
  | { readonly kind: 'preference'; readonly body: Preference }
  | { readonly kind: 'block'; readonly body: Block }
  | { readonly kind: 'status'; readonly body: Status }
  | { readonly kind: 'unschedule'; readonly body: Unschedule }
  | { readonly kind: 'ban'; readonly body: Ban }
  | { readonly kind: 'unsent'; readonly body: Unsent }
  | { readonly kind: 'reschedule'; readonly body: Reschedule }

/** Undefined where no field is given, none that this version knows, or more than one. */
export function changeCase(m: Change): ChangeCase | undefined {
  let found: ChangeCase | undefined
  if (m.create !== undefined) found = { kind: 'create', body: m.create }
  if (m.update !== undefined) {
    if (found) return undefined
    found = { kind: 'update', body: m.update }
  }
  if (m.add !== undefined) {
    if (found) return undefined
    found = { kind: 'add', body: m.add }
  }
  if (m.join !== undefined) {
    if (found) return undefined
    found = { kind: 'join', body: m.join }
  }
  if (m.leave !== undefined) {
    if (found) return undefined
    found = { kind: 'leave', body: m.leave }
  }
  if (m.remove !== undefined) {
    if (found) return undefined
    found = { kind: 'remove', body: m.remove }
  }
  if (m.role !== undefined) {
    if (found) return undefined
    found = { kind: 'role', body: m.role }
  }
  if (m.transfer !== undefined) {
    if (found) return undefined
    found = { kind: 'transfer', body: m.transfer }
  }
  if (m.mute !== undefined) {
    if (found) return undefined
    found = { kind: 'mute', body: m.mute }
  }
  if (m.dissolve !== undefined) {
    if (found) return undefined
    found = { kind: 'dissolve', body: m.dissolve }
  }
  if (m.edit !== undefined) {
    if (found) return undefined
    found = { kind: 'edit', body: m.edit }
  }
  if (m.recall !== undefined) {
    if (found) return undefined
    found = { kind: 'recall', body: m.recall }
  }
  if (m.react !== undefined) {
    if (found) return undefined
    found = { kind: 'react', body: m.react }
  }
  if (m.pin !== undefined) {
    if (found) return undefined
    found = { kind: 'pin', body: m.pin }
  }
  if (m.contact !== undefined) {
    if (found) return undefined
    found = { kind: 'contact', body: m.contact }
  }
  if (m.preference !== undefined) {
    if (found) return undefined
    found = { kind: 'preference', body: m.preference }
  }
  if (m.block !== undefined) {
    if (found) return undefined
    found = { kind: 'block', body: m.block }
  }
  if (m.status !== undefined) {
    if (found) return undefined
    found = { kind: 'status', body: m.status }
  }
  if (m.unschedule !== undefined) {
    if (found) return undefined
    found = { kind: 'unschedule', body: m.unschedule }
  }
  if (m.ban !== undefined) {
    if (found) return undefined
    found = { kind: 'ban', body: m.ban }
  }
  if (m.unsent !== undefined) {
    if (found) return undefined
    found = { kind: 'unsent', body: m.unsent }
  }
  if (m.reschedule !== undefined) {
    if (found) return undefined
    found = { kind: 'reschedule', body: m.reschedule }
  }
  return found
}

/** Makes a group under the conversation id that the change is sent to; who sends it owns it */
export interface GroupCreate {
  name: string
  description: string
  avatar: string
  /** At most 32. */
  attributes: Attribute[]
  settings?: GroupSettings | undefined
  /** Besides the owner. At most 500. */
  members: string[]
}

export function writeGroupCreate(w: ProtobufWriter, m: GroupCreate): void {
  if (m.name !== '') {
    w.byte(10)
    w.string(m.name, 'name')
  }
  if (m.description !== '') {
    w.byte(18)
    w.string(m.description, 'description')
  }
  if (m.avatar !== '') {
    w.byte(26)
    w.string(m.avatar, 'avatar')
  }
  for (const item of m.attributes) {
    w.byte(34)
    {
      const at = w.open()
      writeAttribute(w, item)
      w.close(at)
    }
  }
  if (m.settings !== undefined) {
    w.byte(42)
    {
      const at = w.open()
      writeGroupSettings(w, m.settings)
      w.close(at)
    }
  }
  for (const item of m.members) {
    w.byte(50)
    w.string(item, 'members')
  }
}

export function readGroupCreate(r: ProtobufReader): GroupCreate {
  const m: GroupCreate = { name: '', description: '', avatar: '', attributes: [], settings: undefined, members: [] }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string('name')
        break
      case 18:
        m.description = r.string('description')
        break
      case 26:
        m.avatar = r.string('avatar')
        break
      case 34: {
        r.room(m.attributes.length, 32, 'attributes')
        const end = r.enter()
        m.attributes.push(readAttribute(r))
        r.leave(end)
        break
      }
      case 42: {
        const end = r.enter()
        m.settings = readGroupSettings(r)
        r.leave(end)
        break
      }
      case 50:
        r.room(m.members.length, 500, 'members')
        m.members.push(r.string('members'))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** What is not given stays */
export interface GroupUpdate {
  name?: string | undefined
  description?: string | undefined
  avatar?: string | undefined
  /** At most 64: all that there are taken away, and as many others. */
  attributes: Attribute[]
  settings?: GroupSettings | undefined
}

export function writeGroupUpdate(w: ProtobufWriter, m: GroupUpdate): void {
  if (m.name !== undefined) {
    w.byte(10)
    w.string(m.name, 'name')
  }
  if (m.description !== undefined) {
    w.byte(18)
    w.string(m.description, 'description')
  }
  if (m.avatar !== undefined) {
    w.byte(26)
    w.string(m.avatar, 'avatar')
  }
  for (const item of m.attributes) {
    w.byte(34)
    {
      const at = w.open()
      writeAttribute(w, item)
      w.close(at)
    }
  }
  if (m.settings !== undefined) {
    w.byte(42)
    {
      const at = w.open()
      writeGroupSettings(w, m.settings)
      w.close(at)
    }
  }
}

export function readGroupUpdate(r: ProtobufReader): GroupUpdate {
  const m: GroupUpdate = { name: undefined, description: undefined, avatar: undefined, attributes: [], settings: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.string('name')
        break
      case 18:
        m.description = r.string('description')
        break
      case 26:
        m.avatar = r.string('avatar')
        break
      case 34: {
        r.room(m.attributes.length, 64, 'attributes')
        const end = r.enter()
        m.attributes.push(readAttribute(r))
        r.leave(end)
        break
      }
      case 42: {
        const end = r.enter()
        m.settings = readGroupSettings(r)
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

/** The least role that may; unspecified is the default named here */
export interface GroupSettings {
  /** MEMBER */
  send: Role
  /** MEMBER */
  invite: Role
  /** ADMIN: name, description, avatar, attributes. Settings are the owner's. */
  update: Role
  /** ADMIN; always only those of a lower role */
  remove: Role
  /** ADMIN; always only those of a lower role */
  mute: Role
  /** ADMIN */
  pin: Role
  /** ADMIN */
  mentionAll: Role
  /** ADMIN: messages of members of a lower role */
  recallOthers: Role
  /** Whoever knows the id may join. */
  open: boolean
  /** Newcomers see nothing of before. */
  hideHistory: boolean
  /** How long a message may be edited by its sender; 0 for the server's default. */
  editSeconds: number
  recallSeconds: number
}

export function writeGroupSettings(w: ProtobufWriter, m: GroupSettings): void {
  if (m.send !== 0) {
    w.byte(8)
    w.varint(m.send)
  }
  if (m.invite !== 0) {
    w.byte(16)
    w.varint(m.invite)
  }
  if (m.update !== 0) {
    w.byte(24)
    w.varint(m.update)
  }
  if (m.remove !== 0) {
    w.byte(32)
    w.varint(m.remove)
  }
  if (m.mute !== 0) {
    w.byte(40)
    w.varint(m.mute)
  }
  if (m.pin !== 0) {
    w.byte(48)
    w.varint(m.pin)
  }
  if (m.mentionAll !== 0) {
    w.byte(56)
    w.varint(m.mentionAll)
  }
  if (m.recallOthers !== 0) {
    w.byte(64)
    w.varint(m.recallOthers)
  }
  if (m.open) {
    w.byte(72)
    w.byte(1)
  }
  if (m.hideHistory) {
    w.byte(80)
    w.byte(1)
  }
  if (m.editSeconds !== 0) {
    w.byte(88)
    w.uint32(m.editSeconds, 'edit_seconds')
  }
  if (m.recallSeconds !== 0) {
    w.byte(96)
    w.uint32(m.recallSeconds, 'recall_seconds')
  }
}

export function readGroupSettings(r: ProtobufReader): GroupSettings {
  const m: GroupSettings = { send: 0, invite: 0, update: 0, remove: 0, mute: 0, pin: 0, mentionAll: 0, recallOthers: 0, open: false, hideHistory: false, editSeconds: 0, recallSeconds: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.send = toRole(r.varint())
        break
      case 16:
        m.invite = toRole(r.varint())
        break
      case 24:
        m.update = toRole(r.varint())
        break
      case 32:
        m.remove = toRole(r.varint())
        break
      case 40:
        m.mute = toRole(r.varint())
        break
      case 48:
        m.pin = toRole(r.varint())
        break
      case 56:
        m.mentionAll = toRole(r.varint())
        break
      case 64:
        m.recallOthers = toRole(r.varint())
        break
      case 72:
        m.open = r.bool()
        break
      case 80:
        m.hideHistory = r.bool()
        break
      case 88:
        m.editSeconds = r.uint32('edit_seconds')
        break
      case 96:
        m.recallSeconds = r.uint32('recall_seconds')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface MembersAdd {
  /** At most 500. */
  users: string[]
}

export function writeMembersAdd(w: ProtobufWriter, m: MembersAdd): void {
  for (const item of m.users) {
    w.byte(10)
    w.string(item, 'users')
  }
}

export function readMembersAdd(r: ProtobufReader): MembersAdd {
  const m: MembersAdd = { users: [] }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        r.room(m.users.length, 500, 'users')
        m.users.push(r.string('users'))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Join {

}

export function writeJoin(w: ProtobufWriter, m: Join): void {
}

export function readJoin(r: ProtobufReader): Join {
  const m: Join = {  }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Leave {

}

export function writeLeave(w: ProtobufWriter, m: Leave): void {
}

export function readLeave(r: ProtobufReader): Leave {
  const m: Leave = {  }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface MembersRemove {
  /** At most 500. */
  users: string[]
}

export function writeMembersRemove(w: ProtobufWriter, m: MembersRemove): void {
  for (const item of m.users) {
    w.byte(10)
    w.string(item, 'users')
  }
}

export function readMembersRemove(r: ProtobufReader): MembersRemove {
  const m: MembersRemove = { users: [] }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        r.room(m.users.length, 500, 'users')
        m.users.push(r.string('users'))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** Keeps users out of the group, those who are in it and others */
export interface Ban {
  /** At most 500. */
  users: string[]
  /** They may come again. */
  removed: boolean
}

export function writeBan(w: ProtobufWriter, m: Ban): void {
  for (const item of m.users) {
    w.byte(10)
    w.string(item, 'users')
  }
  if (m.removed) {
    w.byte(16)
    w.byte(1)
  }
}

export function readBan(r: ProtobufReader): Ban {
  const m: Ban = { users: [], removed: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        r.room(m.users.length, 500, 'users')
        m.users.push(r.string('users'))
        break
      case 16:
        m.removed = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface RoleChange {
  user: string
  /** MEMBER or ADMIN. */
  role: Role
}

export function writeRoleChange(w: ProtobufWriter, m: RoleChange): void {
  if (m.user !== '') {
    w.byte(10)
    w.string(m.user, 'user')
  }
  if (m.role !== 0) {
    w.byte(16)
    w.varint(m.role)
  }
}

export function readRoleChange(r: ProtobufReader): RoleChange {
  const m: RoleChange = { user: '', role: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.user = r.string('user')
        break
      case 16:
        m.role = toRole(r.varint())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** Another member becomes the owner, and the owner an admin */
export interface Transfer {
  user: string
}

export function writeTransfer(w: ProtobufWriter, m: Transfer): void {
  if (m.user !== '') {
    w.byte(10)
    w.string(m.user, 'user')
  }
}

export function readTransfer(r: ProtobufReader): Transfer {
  const m: Transfer = { user: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.user = r.string('user')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Mute {
  /** Empty for all who are not ADMIN or OWNER. At most 500. */
  users: string[]
  /** Milliseconds since 1970; 0 lifts it. */
  until: number
}

export function writeMute(w: ProtobufWriter, m: Mute): void {
  for (const item of m.users) {
    w.byte(10)
    w.string(item, 'users')
  }
  if (m.until !== 0) {
    w.byte(16)
    w.varint(m.until, 'until')
  }
}

export function readMute(r: ProtobufReader): Mute {
  const m: Mute = { users: [], until: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        r.room(m.users.length, 500, 'users')
        m.users.push(r.string('users'))
        break
      case 16:
        m.until = r.varint('until')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Dissolve {

}

export function writeDissolve(w: ProtobufWriter, m: Dissolve): void {
}

export function readDissolve(r: ProtobufReader): Dissolve {
  const m: Dissolve = {  }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Edit {
  seq: number
  contentType: string
  content: Uint8Array
  /** Left out, what the message has of it stays. */
  details?: EditedDetails | undefined
}

export function writeEdit(w: ProtobufWriter, m: Edit): void {
  if (m.seq !== 0) {
    w.byte(8)
    w.varint(m.seq, 'seq')
  }
  if (m.contentType !== '') {
    w.byte(18)
    w.string(m.contentType, 'content_type')
  }
  if (m.content.length > 0) {
    w.byte(26)
    w.bytes(m.content)
  }
  if (m.details !== undefined) {
    w.byte(34)
    {
      const at = w.open()
      writeEditedDetails(w, m.details)
      w.close(at)
    }
  }
}

export function readEdit(r: ProtobufReader): Edit {
  const m: Edit = { seq: 0, contentType: '', content: EMPTY, details: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.seq = r.varint('seq')
        break
      case 18:
        m.contentType = r.string('content_type')
        break
      case 26:
        m.content = r.bytes('content')
        break
      case 34: {
        const end = r.enter()
        m.details = readEditedDetails(r)
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

/** What an edit puts in the place of what the message had */
export interface EditedDetails {
  /** At most 50. */
  mentions: string[]
  mentionAll: boolean
  /** At most 32. */
  attributes: Attribute[]
}

export function writeEditedDetails(w: ProtobufWriter, m: EditedDetails): void {
  for (const item of m.mentions) {
    w.byte(10)
    w.string(item, 'mentions')
  }
  if (m.mentionAll) {
    w.byte(16)
    w.byte(1)
  }
  for (const item of m.attributes) {
    w.byte(26)
    {
      const at = w.open()
      writeAttribute(w, item)
      w.close(at)
    }
  }
}

export function readEditedDetails(r: ProtobufReader): EditedDetails {
  const m: EditedDetails = { mentions: [], mentionAll: false, attributes: [] }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        r.room(m.mentions.length, 50, 'mentions')
        m.mentions.push(r.string('mentions'))
        break
      case 16:
        m.mentionAll = r.bool()
        break
      case 26: {
        r.room(m.attributes.length, 32, 'attributes')
        const end = r.enter()
        m.attributes.push(readAttribute(r))
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Recall {
  seq: number
}

export function writeRecall(w: ProtobufWriter, m: Recall): void {
  if (m.seq !== 0) {
    w.byte(8)
    w.varint(m.seq, 'seq')
  }
}

export function readRecall(r: ProtobufReader): Recall {
  const m: Recall = { seq: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.seq = r.varint('seq')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface React {
  seq: number
  /** An emoji, or any text of up to 64 bytes. */
  key: string
  removed: boolean
}

export function writeReact(w: ProtobufWriter, m: React): void {
  if (m.seq !== 0) {
    w.byte(8)
    w.varint(m.seq, 'seq')
  }
  if (m.key !== '') {
    w.byte(18)
    w.string(m.key, 'key')
  }
  if (m.removed) {
    w.byte(24)
    w.byte(1)
  }
}

export function readReact(r: ProtobufReader): React {
  const m: React = { seq: 0, key: '', removed: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.seq = r.varint('seq')
        break
      case 18:
        m.key = r.string('key')
        break
      case 24:
        m.removed = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Pin {
  seq: number
  removed: boolean
}

export function writePin(w: ProtobufWriter, m: Pin): void {
  if (m.seq !== 0) {
    w.byte(8)
    w.varint(m.seq, 'seq')
  }
  if (m.removed) {
    w.byte(16)
    w.byte(1)
  }
}

export function readPin(r: ProtobufReader): Pin {
  const m: Pin = { seq: 0, removed: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.seq = r.varint('seq')
        break
      case 16:
        m.removed = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ContactStep = {
  REQUEST: 0,
  ACCEPT: 1,
  DECLINE: 2,
  REMOVE: 3,
} as const
export type ContactStep = (typeof ContactStep)[keyof typeof ContactStep]

/** A value this version does not know reads as REQUEST. */
function toContactStep(value: number): ContactStep {
  return value <= 3 ? (value as ContactStep) : ContactStep.REQUEST
}

export interface Contact {
  step: ContactStep
  /** A word with the request. */
  note: string
}

export function writeContact(w: ProtobufWriter, m: Contact): void {
  if (m.step !== 0) {
    w.byte(8)
    w.varint(m.step)
  }
  if (m.note !== '') {
    w.byte(18)
    w.string(m.note, 'note')
  }
}

export function readContact(r: ProtobufReader): Contact {
  const m: Contact = { step: 0, note: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.step = toContactStep(r.varint())
        break
      case 18:
        m.note = r.string('note')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** What a user keeps about a conversation, on all devices. What is not given stays */
export interface Preference {
  conversationId: string
  draft?: string | undefined
  /** No notifications until then; milliseconds since 1970. */
  mutedUntil?: number | undefined
  pinned?: boolean | undefined
  archived?: boolean | undefined
  /** Messages up to here are not shown to this user any more; never goes back. */
  clearedSeq?: number | undefined
}

export function writePreference(w: ProtobufWriter, m: Preference): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.draft !== undefined) {
    w.byte(18)
    w.string(m.draft, 'draft')
  }
  if (m.mutedUntil !== undefined) {
    w.byte(24)
    w.varint(m.mutedUntil, 'muted_until')
  }
  if (m.pinned !== undefined) {
    w.byte(32)
    w.byte(m.pinned ? 1 : 0)
  }
  if (m.archived !== undefined) {
    w.byte(40)
    w.byte(m.archived ? 1 : 0)
  }
  if (m.clearedSeq !== undefined) {
    w.byte(48)
    w.varint(m.clearedSeq, 'cleared_seq')
  }
}

export function readPreference(r: ProtobufReader): Preference {
  const m: Preference = { conversationId: '', draft: undefined, mutedUntil: undefined, pinned: undefined, archived: undefined, clearedSeq: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18:
        m.draft = r.string('draft')
        break
      case 24:
        m.mutedUntil = r.varint('muted_until')
        break
      case 32:
        m.pinned = r.bool()
        break
      case 40:
        m.archived = r.bool()
        break
      case 48:
        m.clearedSeq = r.varint('cleared_seq')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Block {
  user: string
  removed: boolean
}

export function writeBlock(w: ProtobufWriter, m: Block): void {
  if (m.user !== '') {
    w.byte(10)
    w.string(m.user, 'user')
  }
  if (m.removed) {
    w.byte(16)
    w.byte(1)
  }
}

export function readBlock(r: ProtobufReader): Block {
  const m: Block = { user: '', removed: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.user = r.string('user')
        break
      case 16:
        m.removed = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const PresenceAudience = {
  KNOWN: 0,
  CONTACTS: 1,
  NOBODY: 2,
} as const
export type PresenceAudience = (typeof PresenceAudience)[keyof typeof PresenceAudience]

/** A value this version does not know reads as KNOWN. */
function toPresenceAudience(value: number): PresenceAudience {
  return value <= 2 ? (value as PresenceAudience) : PresenceAudience.KNOWN
}

/** Who may make the user a member of a group */
export const AddedBy = {
  ADDED_BY_DEFAULT: 0,
  ADDED_BY_EVERYONE: 1,
  ADDED_BY_CONTACTS: 2,
  ADDED_BY_NOBODY: 3,
} as const
export type AddedBy = (typeof AddedBy)[keyof typeof AddedBy]

/** A value this version does not know reads as ADDED_BY_DEFAULT. */
function toAddedBy(value: number): AddedBy {
  return value <= 3 ? (value as AddedBy) : AddedBy.ADDED_BY_DEFAULT
}

/** What the user says about himself. What is not given stays */
export interface Status {
  text?: string | undefined
  /** Who may see presence: those with whom there is a conversation, contacts, nobody. */
  audience?: PresenceAudience | undefined
  addedBy?: AddedBy | undefined
}

export function writeStatus(w: ProtobufWriter, m: Status): void {
  if (m.text !== undefined) {
    w.byte(10)
    w.string(m.text, 'text')
  }
  if (m.audience !== undefined) {
    w.byte(16)
    w.varint(m.audience)
  }
  if (m.addedBy !== undefined) {
    w.byte(24)
    w.varint(m.addedBy)
  }
}

export function readStatus(r: ProtobufReader): Status {
  const m: Status = { text: undefined, audience: undefined, addedBy: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.text = r.string('text')
        break
      case 16:
        m.audience = toPresenceAudience(r.varint())
        break
      case 24:
        m.addedBy = toAddedBy(r.varint())
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Unschedule {
  clientMessageId: string
}

export function writeUnschedule(w: ProtobufWriter, m: Unschedule): void {
  if (m.clientMessageId !== '') {
    w.byte(10)
    w.string(m.clientMessageId, 'client_message_id')
  }
}

export function readUnschedule(r: ProtobufReader): Unschedule {
  const m: Unschedule = { clientMessageId: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.clientMessageId = r.string('client_message_id')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** A scheduled message was refused when its time had come; it stays scheduled */
export interface Unsent {
  clientMessageId: string
  conversationId: string
  /** As of an ERROR. */
  code: string
  message: string
  /** Milliseconds since 1970 when it is tried again; 0 for never. */
  nextTryAt: number
}

export function writeUnsent(w: ProtobufWriter, m: Unsent): void {
  if (m.clientMessageId !== '') {
    w.byte(10)
    w.string(m.clientMessageId, 'client_message_id')
  }
  if (m.conversationId !== '') {
    w.byte(18)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.code !== '') {
    w.byte(26)
    w.string(m.code, 'code')
  }
  if (m.message !== '') {
    w.byte(34)
    w.string(m.message, 'message')
  }
  if (m.nextTryAt !== 0) {
    w.byte(40)
    w.varint(m.nextTryAt, 'next_try_at')
  }
}

export function readUnsent(r: ProtobufReader): Unsent {
  const m: Unsent = { clientMessageId: '', conversationId: '', code: '', message: '', nextTryAt: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.clientMessageId = r.string('client_message_id')
        break
      case 18:
        m.conversationId = r.string('conversation_id')
        break
      case 26:
        m.code = r.string('code')
        break
      case 34:
        m.message = r.string('message')
        break
      case 40:
        m.nextTryAt = r.varint('next_try_at')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** Another time for a scheduled message, also for one that was refused */
export interface Reschedule {
  clientMessageId: string
  /** Milliseconds since 1970; 0 for now. */
  sendAt: number
}

export function writeReschedule(w: ProtobufWriter, m: Reschedule): void {
  if (m.clientMessageId !== '') {
    w.byte(10)
    w.string(m.clientMessageId, 'client_message_id')
  }
  if (m.sendAt !== 0) {
    w.byte(16)
    w.varint(m.sendAt, 'send_at')
  }
}

export function readReschedule(r: ProtobufReader): Reschedule {
  const m: Reschedule = { clientMessageId: '', sendAt: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.clientMessageId = r.string('client_message_id')
        break
      case 16:
        m.sendAt = r.varint('send_at')
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
  /** When the message will be sent: it has no seq yet. */
  scheduledFor?: number | undefined
}

export function writeSendAck(w: ProtobufWriter, m: SendAck): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq, 'seq')
  }
  if (m.messageId !== '') {
    w.byte(26)
    w.string(m.messageId, 'message_id')
  }
  if (m.sentAt !== 0) {
    w.byte(32)
    w.varint(m.sentAt, 'sent_at')
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
    w.varint(m.digest, 'digest')
  }
  if (m.scheduledFor !== undefined) {
    w.byte(64)
    w.varint(m.scheduledFor, 'scheduled_for')
  }
}

export function readSendAck(r: ProtobufReader): SendAck {
  const m: SendAck = { conversationId: '', seq: 0, messageId: '', sentAt: 0, durability: 0, duplicate: false, digest: 0, scheduledFor: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.seq = r.varint('seq')
        break
      case 26:
        m.messageId = r.string('message_id')
        break
      case 32:
        m.sentAt = r.varint('sent_at')
        break
      case 40:
        m.durability = toDurability(r.varint())
        break
      case 48:
        m.duplicate = r.bool()
        break
      case 56:
        m.digest = r.varint('digest')
        break
      case 64:
        m.scheduledFor = r.varint('scheduled_for')
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
  details?: Details | undefined
  /** This entry is no message but something done. Without a field: something done to a message that is not for this user. */
  change?: Change | undefined
  /** What has become of it since; in SYNC_ACK and QUERY_ACK only. */
  aftermath?: Aftermath | undefined
}

export function writeMessage(w: ProtobufWriter, m: Message): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq, 'seq')
  }
  if (m.messageId !== '') {
    w.byte(26)
    w.string(m.messageId, 'message_id')
  }
  if (m.sender !== '') {
    w.byte(34)
    w.string(m.sender, 'sender')
  }
  if (m.clientMessageId !== '') {
    w.byte(42)
    w.string(m.clientMessageId, 'client_message_id')
  }
  if (m.sentAt !== 0) {
    w.byte(48)
    w.varint(m.sentAt, 'sent_at')
  }
  if (m.contentType !== '') {
    w.byte(58)
    w.string(m.contentType, 'content_type')
  }
  if (m.content.length > 0) {
    w.byte(66)
    w.bytes(m.content)
  }
  if (m.digest !== 0) {
    w.byte(72)
    w.varint(m.digest, 'digest')
  }
  if (m.details !== undefined) {
    w.byte(82)
    {
      const at = w.open()
      writeDetails(w, m.details)
      w.close(at)
    }
  }
  if (m.change !== undefined) {
    w.byte(90)
    {
      const at = w.open()
      writeChange(w, m.change)
      w.close(at)
    }
  }
  if (m.aftermath !== undefined) {
    w.byte(98)
    {
      const at = w.open()
      writeAftermath(w, m.aftermath)
      w.close(at)
    }
  }
}

export function readMessage(r: ProtobufReader): Message {
  const m: Message = { conversationId: '', seq: 0, messageId: '', sender: '', clientMessageId: '', sentAt: 0, contentType: '', content: EMPTY, digest: 0, details: undefined, change: undefined, aftermath: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.seq = r.varint('seq')
        break
      case 26:
        m.messageId = r.string('message_id')
        break
      case 34:
        m.sender = r.string('sender')
        break
      case 42:
        m.clientMessageId = r.string('client_message_id')
        break
      case 48:
        m.sentAt = r.varint('sent_at')
        break
      case 58:
        m.contentType = r.string('content_type')
        break
      case 66:
        m.content = r.bytes('content')
        break
      case 72:
        m.digest = r.varint('digest')
        break
      case 82: {
        const end = r.enter()
        m.details = readDetails(r)
        r.leave(end)
        break
      }
      case 90: {
        const end = r.enter()
        m.change = readChange(r)
        r.leave(end)
        break
      }
      case 98: {
        const end = r.enter()
        m.aftermath = readAftermath(r)
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Aftermath {
  editedAt: number
  /** The content is gone. */
  recalledAt: number
  recalledBy: string
  /** It has disappeared: the content is gone. */
  expired: boolean
  reactions: Reaction[]
  pinned: boolean
}

export function writeAftermath(w: ProtobufWriter, m: Aftermath): void {
  if (m.editedAt !== 0) {
    w.byte(8)
    w.varint(m.editedAt, 'edited_at')
  }
  if (m.recalledAt !== 0) {
    w.byte(16)
    w.varint(m.recalledAt, 'recalled_at')
  }
  if (m.recalledBy !== '') {
    w.byte(26)
    w.string(m.recalledBy, 'recalled_by')
  }
  if (m.expired) {
    w.byte(32)
    w.byte(1)
  }
  for (const item of m.reactions) {
    w.byte(42)
    {
      const at = w.open()
      writeReaction(w, item)
      w.close(at)
    }
  }
  if (m.pinned) {
    w.byte(48)
    w.byte(1)
  }
}

export function readAftermath(r: ProtobufReader): Aftermath {
  const m: Aftermath = { editedAt: 0, recalledAt: 0, recalledBy: '', expired: false, reactions: [], pinned: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.editedAt = r.varint('edited_at')
        break
      case 16:
        m.recalledAt = r.varint('recalled_at')
        break
      case 26:
        m.recalledBy = r.string('recalled_by')
        break
      case 32:
        m.expired = r.bool()
        break
      case 42: {
        const end = r.enter()
        m.reactions.push(readReaction(r))
        r.leave(end)
        break
      }
      case 48:
        m.pinned = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Reaction {
  key: string
  count: number
  /** The user who asks is among them. */
  own: boolean
}

export function writeReaction(w: ProtobufWriter, m: Reaction): void {
  if (m.key !== '') {
    w.byte(10)
    w.string(m.key, 'key')
  }
  if (m.count !== 0) {
    w.byte(16)
    w.uint32(m.count, 'count')
  }
  if (m.own) {
    w.byte(24)
    w.byte(1)
  }
}

export function readReaction(r: ProtobufReader): Reaction {
  const m: Reaction = { key: '', count: 0, own: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.key = r.string('key')
        break
      case 16:
        m.count = r.uint32('count')
        break
      case 24:
        m.own = r.bool()
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
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq, 'seq')
  }
}

export function readPosition(r: ProtobufReader): Position {
  const m: Position = { conversationId: '', seq: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.seq = r.varint('seq')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** DELIVER_ACK: everything up to seq has arrived */
export interface DeliverAck {
  /** At most 1,000. */
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
    const tag = r.tag()
    switch (tag) {
      case 10: {
        r.room(m.positions.length, 1000, 'positions')
        const end = r.enter()
        m.positions.push(readPosition(r))
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

/** SYNC: exactly one of the two */
export interface Sync {
  page?: PageQuery | undefined
  list?: ListQuery | undefined
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
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.page = readPageQuery(r)
        r.leave(end)
        break
      }
      case 18: {
        const end = r.enter()
        m.list = readListQuery(r)
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

/** The one field that is given in a Sync. */
export type SyncCase =
  | { readonly kind: 'page'; readonly body: PageQuery }
  | { readonly kind: 'list'; readonly body: ListQuery }

/** Undefined where no field is given, none that this version knows, or more than one. */
export function syncCase(m: Sync): SyncCase | undefined {
  let found: SyncCase | undefined
  if (m.page !== undefined) found = { kind: 'page', body: m.page }
  if (m.list !== undefined) {
    if (found) return undefined
    found = { kind: 'list', body: m.list }
  }
  return found
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
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.withUser !== '') {
    w.byte(18)
    w.string(m.withUser, 'with_user')
  }
  if (m.direction !== 0) {
    w.byte(24)
    w.varint(m.direction)
  }
  if (m.fromSeq !== 0) {
    w.byte(32)
    w.varint(m.fromSeq, 'from_seq')
  }
  if (m.limit !== 0) {
    w.byte(40)
    w.uint32(m.limit, 'limit')
  }
  if (m.epoch !== 0) {
    w.byte(48)
    w.varint(m.epoch, 'epoch')
  }
  if (m.digest !== 0) {
    w.byte(56)
    w.varint(m.digest, 'digest')
  }
}

export function readPageQuery(r: ProtobufReader): PageQuery {
  const m: PageQuery = { conversationId: '', withUser: '', direction: 0, fromSeq: 0, limit: 0, epoch: 0, digest: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18:
        m.withUser = r.string('with_user')
        break
      case 24:
        m.direction = toDirection(r.varint())
        break
      case 32:
        m.fromSeq = r.varint('from_seq')
        break
      case 40:
        m.limit = r.uint32('limit')
        break
      case 48:
        m.epoch = r.varint('epoch')
        break
      case 56:
        m.digest = r.varint('digest')
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
    w.string(m.cursor, 'cursor')
  }
  if (m.limit !== 0) {
    w.byte(16)
    w.uint32(m.limit, 'limit')
  }
}

export function readListQuery(r: ProtobufReader): ListQuery {
  const m: ListQuery = { cursor: '', limit: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.cursor = r.string('cursor')
        break
      case 16:
        m.limit = r.uint32('limit')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** SYNC_ACK */
export interface SyncAck {
  page?: Page | undefined
  list?: ConversationList | undefined
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
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.page = readPage(r)
        r.leave(end)
        break
      }
      case 18: {
        const end = r.enter()
        m.list = readConversationList(r)
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

/** The one field that is given in a SyncAck. */
export type SyncAckCase =
  | { readonly kind: 'page'; readonly body: Page }
  | { readonly kind: 'list'; readonly body: ConversationList }

/** Undefined where no field is given, none that this version knows, or more than one. */
export function syncAckCase(m: SyncAck): SyncAckCase | undefined {
  let found: SyncAckCase | undefined
  if (m.page !== undefined) found = { kind: 'page', body: m.page }
  if (m.list !== undefined) {
    if (found) return undefined
    found = { kind: 'list', body: m.list }
  }
  return found
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
    w.string(m.conversationId, 'conversation_id')
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
    w.varint(m.lastSeq, 'last_seq')
  }
  if (m.epoch !== 0) {
    w.byte(40)
    w.varint(m.epoch, 'epoch')
  }
  if (m.discontinuity) {
    w.byte(48)
    w.byte(1)
  }
  if (m.fromSeq !== 0) {
    w.byte(56)
    w.varint(m.fromSeq, 'from_seq')
  }
}

export function readPage(r: ProtobufReader): Page {
  const m: Page = { conversationId: '', messages: [], more: false, lastSeq: 0, epoch: 0, discontinuity: false, fromSeq: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18: {
        const end = r.enter()
        m.messages.push(readMessage(r))
        r.leave(end)
        break
      }
      case 24:
        m.more = r.bool()
        break
      case 32:
        m.lastSeq = r.varint('last_seq')
        break
      case 40:
        m.epoch = r.varint('epoch')
        break
      case 48:
        m.discontinuity = r.bool()
        break
      case 56:
        m.fromSeq = r.varint('from_seq')
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
    w.string(m.nextCursor, 'next_cursor')
  }
}

export function readConversationList(r: ProtobufReader): ConversationList {
  const m: ConversationList = { conversations: [], nextCursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.conversations.push(readConversation(r))
        r.leave(end)
        break
      }
      case 18:
        m.nextCursor = r.string('next_cursor')
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
  lastMessage?: Message | undefined
  /** As in Page, and the digest at last_seq. */
  epoch: number
  digest: number
  /** Of the unread ones those that mention the user or all. */
  mentions: number
  /** Where it is a group. */
  group?: Group | undefined
  preference?: Preference | undefined
  /** Exclusive: what is up to here is not for this user, who came later or cleared it. */
  beginSeq: number
  /** The user is not in it any more; last_seq is the last that is for this user. */
  left: boolean
}

export function writeConversation(w: ProtobufWriter, m: Conversation): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.peer !== '') {
    w.byte(18)
    w.string(m.peer, 'peer')
  }
  if (m.lastSeq !== 0) {
    w.byte(24)
    w.varint(m.lastSeq, 'last_seq')
  }
  if (m.readSeq !== 0) {
    w.byte(32)
    w.varint(m.readSeq, 'read_seq')
  }
  if (m.deliveredSeq !== 0) {
    w.byte(40)
    w.varint(m.deliveredSeq, 'delivered_seq')
  }
  if (m.unread !== 0) {
    w.byte(48)
    w.uint32(m.unread, 'unread')
  }
  if (m.peerReadSeq !== 0) {
    w.byte(56)
    w.varint(m.peerReadSeq, 'peer_read_seq')
  }
  if (m.peerDeliveredSeq !== 0) {
    w.byte(64)
    w.varint(m.peerDeliveredSeq, 'peer_delivered_seq')
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
    w.varint(m.epoch, 'epoch')
  }
  if (m.digest !== 0) {
    w.byte(88)
    w.varint(m.digest, 'digest')
  }
  if (m.mentions !== 0) {
    w.byte(96)
    w.uint32(m.mentions, 'mentions')
  }
  if (m.group !== undefined) {
    w.byte(106)
    {
      const at = w.open()
      writeGroup(w, m.group)
      w.close(at)
    }
  }
  if (m.preference !== undefined) {
    w.byte(114)
    {
      const at = w.open()
      writePreference(w, m.preference)
      w.close(at)
    }
  }
  if (m.beginSeq !== 0) {
    w.byte(120)
    w.varint(m.beginSeq, 'begin_seq')
  }
  if (m.left) {
    w.varint(128)
    w.byte(1)
  }
}

export function readConversation(r: ProtobufReader): Conversation {
  const m: Conversation = { conversationId: '', peer: '', lastSeq: 0, readSeq: 0, deliveredSeq: 0, unread: 0, peerReadSeq: 0, peerDeliveredSeq: 0, lastMessage: undefined, epoch: 0, digest: 0, mentions: 0, group: undefined, preference: undefined, beginSeq: 0, left: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18:
        m.peer = r.string('peer')
        break
      case 24:
        m.lastSeq = r.varint('last_seq')
        break
      case 32:
        m.readSeq = r.varint('read_seq')
        break
      case 40:
        m.deliveredSeq = r.varint('delivered_seq')
        break
      case 48:
        m.unread = r.uint32('unread')
        break
      case 56:
        m.peerReadSeq = r.varint('peer_read_seq')
        break
      case 64:
        m.peerDeliveredSeq = r.varint('peer_delivered_seq')
        break
      case 74: {
        const end = r.enter()
        m.lastMessage = readMessage(r)
        r.leave(end)
        break
      }
      case 80:
        m.epoch = r.varint('epoch')
        break
      case 88:
        m.digest = r.varint('digest')
        break
      case 96:
        m.mentions = r.uint32('mentions')
        break
      case 106: {
        const end = r.enter()
        m.group = readGroup(r)
        r.leave(end)
        break
      }
      case 114: {
        const end = r.enter()
        m.preference = readPreference(r)
        r.leave(end)
        break
      }
      case 120:
        m.beginSeq = r.varint('begin_seq')
        break
      case 128:
        m.left = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Group {
  conversationId: string
  name: string
  description: string
  avatar: string
  attributes: Attribute[]
  settings?: GroupSettings | undefined
  owner: string
  memberCount: number
  createdAt: number
  /** Until when only ADMIN and OWNER may send; milliseconds since 1970. */
  mutedUntil: number
  dissolved: boolean
  /** Those of the user who asks. */
  role: Role
  ownMutedUntil: number
}

export function writeGroup(w: ProtobufWriter, m: Group): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.name !== '') {
    w.byte(18)
    w.string(m.name, 'name')
  }
  if (m.description !== '') {
    w.byte(26)
    w.string(m.description, 'description')
  }
  if (m.avatar !== '') {
    w.byte(34)
    w.string(m.avatar, 'avatar')
  }
  for (const item of m.attributes) {
    w.byte(42)
    {
      const at = w.open()
      writeAttribute(w, item)
      w.close(at)
    }
  }
  if (m.settings !== undefined) {
    w.byte(50)
    {
      const at = w.open()
      writeGroupSettings(w, m.settings)
      w.close(at)
    }
  }
  if (m.owner !== '') {
    w.byte(58)
    w.string(m.owner, 'owner')
  }
  if (m.memberCount !== 0) {
    w.byte(64)
    w.uint32(m.memberCount, 'member_count')
  }
  if (m.createdAt !== 0) {
    w.byte(72)
    w.varint(m.createdAt, 'created_at')
  }
  if (m.mutedUntil !== 0) {
    w.byte(80)
    w.varint(m.mutedUntil, 'muted_until')
  }
  if (m.dissolved) {
    w.byte(88)
    w.byte(1)
  }
  if (m.role !== 0) {
    w.byte(96)
    w.varint(m.role)
  }
  if (m.ownMutedUntil !== 0) {
    w.byte(104)
    w.varint(m.ownMutedUntil, 'own_muted_until')
  }
}

export function readGroup(r: ProtobufReader): Group {
  const m: Group = { conversationId: '', name: '', description: '', avatar: '', attributes: [], settings: undefined, owner: '', memberCount: 0, createdAt: 0, mutedUntil: 0, dissolved: false, role: 0, ownMutedUntil: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18:
        m.name = r.string('name')
        break
      case 26:
        m.description = r.string('description')
        break
      case 34:
        m.avatar = r.string('avatar')
        break
      case 42: {
        const end = r.enter()
        m.attributes.push(readAttribute(r))
        r.leave(end)
        break
      }
      case 50: {
        const end = r.enter()
        m.settings = readGroupSettings(r)
        r.leave(end)
        break
      }
      case 58:
        m.owner = r.string('owner')
        break
      case 64:
        m.memberCount = r.uint32('member_count')
        break
      case 72:
        m.createdAt = r.varint('created_at')
        break
      case 80:
        m.mutedUntil = r.varint('muted_until')
        break
      case 88:
        m.dissolved = r.bool()
        break
      case 96:
        m.role = toRole(r.varint())
        break
      case 104:
        m.ownMutedUntil = r.varint('own_muted_until')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Member {
  userId: string
  role: Role
  joinedAt: number
  mutedUntil: number
}

export function writeMember(w: ProtobufWriter, m: Member): void {
  if (m.userId !== '') {
    w.byte(10)
    w.string(m.userId, 'user_id')
  }
  if (m.role !== 0) {
    w.byte(16)
    w.varint(m.role)
  }
  if (m.joinedAt !== 0) {
    w.byte(24)
    w.varint(m.joinedAt, 'joined_at')
  }
  if (m.mutedUntil !== 0) {
    w.byte(32)
    w.varint(m.mutedUntil, 'muted_until')
  }
}

export function readMember(r: ProtobufReader): Member {
  const m: Member = { userId: '', role: 0, joinedAt: 0, mutedUntil: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.userId = r.string('user_id')
        break
      case 16:
        m.role = toRole(r.varint())
        break
      case 24:
        m.joinedAt = r.varint('joined_at')
        break
      case 32:
        m.mutedUntil = r.varint('muted_until')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** QUERY: exactly one field */
export interface Query {
  group?: GroupQuery | undefined
  members?: MembersQuery | undefined
  readers?: ReadersQuery | undefined
  reactors?: ReactorsQuery | undefined
  pins?: PinsQuery | undefined
  /** Single messages as they are now: those replied to, or changed. */
  messages?: MessagesQuery | undefined
  thread?: ThreadQuery | undefined
  search?: SearchQuery | undefined
  scheduled?: ScheduledQuery | undefined
  relations?: RelationsQuery | undefined
  bans?: BansQuery | undefined
}

export function writeQuery(w: ProtobufWriter, m: Query): void {
  if (m.group !== undefined) {
    w.byte(10)
    {
      const at = w.open()
      writeGroupQuery(w, m.group)
      w.close(at)
    }
  }
  if (m.members !== undefined) {
    w.byte(18)
    {
      const at = w.open()
      writeMembersQuery(w, m.members)
      w.close(at)
    }
  }
  if (m.readers !== undefined) {
    w.byte(26)
    {
      const at = w.open()
      writeReadersQuery(w, m.readers)
      w.close(at)
    }
  }
  if (m.reactors !== undefined) {
    w.byte(34)
    {
      const at = w.open()
      writeReactorsQuery(w, m.reactors)
      w.close(at)
    }
  }
  if (m.pins !== undefined) {
    w.byte(42)
    {
      const at = w.open()
      writePinsQuery(w, m.pins)
      w.close(at)
    }
  }
  if (m.messages !== undefined) {
    w.byte(50)
    {
      const at = w.open()
      writeMessagesQuery(w, m.messages)
      w.close(at)
    }
  }
  if (m.thread !== undefined) {
    w.byte(58)
    {
      const at = w.open()
      writeThreadQuery(w, m.thread)
      w.close(at)
    }
  }
  if (m.search !== undefined) {
    w.byte(66)
    {
      const at = w.open()
      writeSearchQuery(w, m.search)
      w.close(at)
    }
  }
  if (m.scheduled !== undefined) {
    w.byte(74)
    {
      const at = w.open()
      writeScheduledQuery(w, m.scheduled)
      w.close(at)
    }
  }
  if (m.relations !== undefined) {
    w.byte(82)
    {
      const at = w.open()
      writeRelationsQuery(w, m.relations)
      w.close(at)
    }
  }
  if (m.bans !== undefined) {
    w.byte(90)
    {
      const at = w.open()
      writeBansQuery(w, m.bans)
      w.close(at)
    }
  }
}

export function readQuery(r: ProtobufReader): Query {
  const m: Query = { group: undefined, members: undefined, readers: undefined, reactors: undefined, pins: undefined, messages: undefined, thread: undefined, search: undefined, scheduled: undefined, relations: undefined, bans: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.group = readGroupQuery(r)
        r.leave(end)
        break
      }
      case 18: {
        const end = r.enter()
        m.members = readMembersQuery(r)
        r.leave(end)
        break
      }
      case 26: {
        const end = r.enter()
        m.readers = readReadersQuery(r)
        r.leave(end)
        break
      }
      case 34: {
        const end = r.enter()
        m.reactors = readReactorsQuery(r)
        r.leave(end)
        break
      }
      case 42: {
        const end = r.enter()
        m.pins = readPinsQuery(r)
        r.leave(end)
        break
      }
      case 50: {
        const end = r.enter()
        m.messages = readMessagesQuery(r)
        r.leave(end)
        break
      }
      case 58: {
        const end = r.enter()
        m.thread = readThreadQuery(r)
        r.leave(end)
        break
      }
      case 66: {
        const end = r.enter()
        m.search = readSearchQuery(r)
        r.leave(end)
        break
      }
      case 74: {
        const end = r.enter()
        m.scheduled = readScheduledQuery(r)
        r.leave(end)
        break
      }
      case 82: {
        const end = r.enter()
        m.relations = readRelationsQuery(r)
        r.leave(end)
        break
      }
      case 90: {
        const end = r.enter()
        m.bans = readBansQuery(r)
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

/** The one field that is given in a Query. */
export type QueryCase =
  | { readonly kind: 'group'; readonly body: GroupQuery }
  | { readonly kind: 'members'; readonly body: MembersQuery }
  | { readonly kind: 'readers'; readonly body: ReadersQuery }
  | { readonly kind: 'reactors'; readonly body: ReactorsQuery }
  | { readonly kind: 'pins'; readonly body: PinsQuery }
  | { readonly kind: 'messages'; readonly body: MessagesQuery }
  | { readonly kind: 'thread'; readonly body: ThreadQuery }
  | { readonly kind: 'search'; readonly body: SearchQuery }
  | { readonly kind: 'scheduled'; readonly body: ScheduledQuery }
  | { readonly kind: 'relations'; readonly body: RelationsQuery }
  | { readonly kind: 'bans'; readonly body: BansQuery }

/** Undefined where no field is given, none that this version knows, or more than one. */
export function queryCase(m: Query): QueryCase | undefined {
  let found: QueryCase | undefined
  if (m.group !== undefined) found = { kind: 'group', body: m.group }
  if (m.members !== undefined) {
    if (found) return undefined
    found = { kind: 'members', body: m.members }
  }
  if (m.readers !== undefined) {
    if (found) return undefined
    found = { kind: 'readers', body: m.readers }
  }
  if (m.reactors !== undefined) {
    if (found) return undefined
    found = { kind: 'reactors', body: m.reactors }
  }
  if (m.pins !== undefined) {
    if (found) return undefined
    found = { kind: 'pins', body: m.pins }
  }
  if (m.messages !== undefined) {
    if (found) return undefined
    found = { kind: 'messages', body: m.messages }
  }
  if (m.thread !== undefined) {
    if (found) return undefined
    found = { kind: 'thread', body: m.thread }
  }
  if (m.search !== undefined) {
    if (found) return undefined
    found = { kind: 'search', body: m.search }
  }
  if (m.scheduled !== undefined) {
    if (found) return undefined
    found = { kind: 'scheduled', body: m.scheduled }
  }
  if (m.relations !== undefined) {
    if (found) return undefined
    found = { kind: 'relations', body: m.relations }
  }
  if (m.bans !== undefined) {
    if (found) return undefined
    found = { kind: 'bans', body: m.bans }
  }
  return found
}

/** QUERY_ACK: the field that was asked for */
export interface Answer {
  group?: Group | undefined
  members?: MemberList | undefined
  readers?: ReaderList | undefined
  reactors?: UserList | undefined
  messages?: MessageList | undefined
  scheduled?: ScheduledList | undefined
  relations?: Relations | undefined
  bans?: BanList | undefined
}

export function writeAnswer(w: ProtobufWriter, m: Answer): void {
  if (m.group !== undefined) {
    w.byte(10)
    {
      const at = w.open()
      writeGroup(w, m.group)
      w.close(at)
    }
  }
  if (m.members !== undefined) {
    w.byte(18)
    {
      const at = w.open()
      writeMemberList(w, m.members)
      w.close(at)
    }
  }
  if (m.readers !== undefined) {
    w.byte(26)
    {
      const at = w.open()
      writeReaderList(w, m.readers)
      w.close(at)
    }
  }
  if (m.reactors !== undefined) {
    w.byte(34)
    {
      const at = w.open()
      writeUserList(w, m.reactors)
      w.close(at)
    }
  }
  if (m.messages !== undefined) {
    w.byte(42)
    {
      const at = w.open()
      writeMessageList(w, m.messages)
      w.close(at)
    }
  }
  if (m.scheduled !== undefined) {
    w.byte(50)
    {
      const at = w.open()
      writeScheduledList(w, m.scheduled)
      w.close(at)
    }
  }
  if (m.relations !== undefined) {
    w.byte(58)
    {
      const at = w.open()
      writeRelations(w, m.relations)
      w.close(at)
    }
  }
  if (m.bans !== undefined) {
    w.byte(66)
    {
      const at = w.open()
      writeBanList(w, m.bans)
      w.close(at)
    }
  }
}

export function readAnswer(r: ProtobufReader): Answer {
  const m: Answer = { group: undefined, members: undefined, readers: undefined, reactors: undefined, messages: undefined, scheduled: undefined, relations: undefined, bans: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.group = readGroup(r)
        r.leave(end)
        break
      }
      case 18: {
        const end = r.enter()
        m.members = readMemberList(r)
        r.leave(end)
        break
      }
      case 26: {
        const end = r.enter()
        m.readers = readReaderList(r)
        r.leave(end)
        break
      }
      case 34: {
        const end = r.enter()
        m.reactors = readUserList(r)
        r.leave(end)
        break
      }
      case 42: {
        const end = r.enter()
        m.messages = readMessageList(r)
        r.leave(end)
        break
      }
      case 50: {
        const end = r.enter()
        m.scheduled = readScheduledList(r)
        r.leave(end)
        break
      }
      case 58: {
        const end = r.enter()
        m.relations = readRelations(r)
        r.leave(end)
        break
      }
      case 66: {
        const end = r.enter()
        m.bans = readBanList(r)
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

/** The one field that is given in an Answer. */
export type AnswerCase =
  | { readonly kind: 'group'; readonly body: Group }
  | { readonly kind: 'members'; readonly body: MemberList }
  | { readonly kind: 'readers'; readonly body: ReaderList }
  | { readonly kind: 'reactors'; readonly body: UserList }
  | { readonly kind: 'messages'; readonly body: MessageList }
  | { readonly kind: 'scheduled'; readonly body: ScheduledList }
  | { readonly kind: 'relations'; readonly body: Relations }
  | { readonly kind: 'bans'; readonly body: BanList }

/** Undefined where no field is given, none that this version knows, or more than one. */
export function answerCase(m: Answer): AnswerCase | undefined {
  let found: AnswerCase | undefined
  if (m.group !== undefined) found = { kind: 'group', body: m.group }
  if (m.members !== undefined) {
    if (found) return undefined
    found = { kind: 'members', body: m.members }
  }
  if (m.readers !== undefined) {
    if (found) return undefined
    found = { kind: 'readers', body: m.readers }
  }
  if (m.reactors !== undefined) {
    if (found) return undefined
    found = { kind: 'reactors', body: m.reactors }
  }
  if (m.messages !== undefined) {
    if (found) return undefined
    found = { kind: 'messages', body: m.messages }
  }
  if (m.scheduled !== undefined) {
    if (found) return undefined
    found = { kind: 'scheduled', body: m.scheduled }
  }
  if (m.relations !== undefined) {
    if (found) return undefined
    found = { kind: 'relations', body: m.relations }
  }
  if (m.bans !== undefined) {
    if (found) return undefined
    found = { kind: 'bans', body: m.bans }
  }
  return found
}

export interface GroupQuery {
  conversationId: string
}

export function writeGroupQuery(w: ProtobufWriter, m: GroupQuery): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
}

export function readGroupQuery(r: ProtobufReader): GroupQuery {
  const m: GroupQuery = { conversationId: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface MembersQuery {
  conversationId: string
  cursor: string
  limit: number
}

export function writeMembersQuery(w: ProtobufWriter, m: MembersQuery): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.cursor !== '') {
    w.byte(18)
    w.string(m.cursor, 'cursor')
  }
  if (m.limit !== 0) {
    w.byte(24)
    w.uint32(m.limit, 'limit')
  }
}

export function readMembersQuery(r: ProtobufReader): MembersQuery {
  const m: MembersQuery = { conversationId: '', cursor: '', limit: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18:
        m.cursor = r.string('cursor')
        break
      case 24:
        m.limit = r.uint32('limit')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** Who is kept out of a group */
export interface BansQuery {
  conversationId: string
  cursor: string
  limit: number
}

export function writeBansQuery(w: ProtobufWriter, m: BansQuery): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.cursor !== '') {
    w.byte(18)
    w.string(m.cursor, 'cursor')
  }
  if (m.limit !== 0) {
    w.byte(24)
    w.uint32(m.limit, 'limit')
  }
}

export function readBansQuery(r: ProtobufReader): BansQuery {
  const m: BansQuery = { conversationId: '', cursor: '', limit: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18:
        m.cursor = r.string('cursor')
        break
      case 24:
        m.limit = r.uint32('limit')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** Who has received and read a message */
export interface ReadersQuery {
  conversationId: string
  seq: number
  cursor: string
  limit: number
}

export function writeReadersQuery(w: ProtobufWriter, m: ReadersQuery): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq, 'seq')
  }
  if (m.cursor !== '') {
    w.byte(26)
    w.string(m.cursor, 'cursor')
  }
  if (m.limit !== 0) {
    w.byte(32)
    w.uint32(m.limit, 'limit')
  }
}

export function readReadersQuery(r: ProtobufReader): ReadersQuery {
  const m: ReadersQuery = { conversationId: '', seq: 0, cursor: '', limit: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.seq = r.varint('seq')
        break
      case 26:
        m.cursor = r.string('cursor')
        break
      case 32:
        m.limit = r.uint32('limit')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface ReactorsQuery {
  conversationId: string
  seq: number
  key: string
  cursor: string
  limit: number
}

export function writeReactorsQuery(w: ProtobufWriter, m: ReactorsQuery): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq, 'seq')
  }
  if (m.key !== '') {
    w.byte(26)
    w.string(m.key, 'key')
  }
  if (m.cursor !== '') {
    w.byte(34)
    w.string(m.cursor, 'cursor')
  }
  if (m.limit !== 0) {
    w.byte(40)
    w.uint32(m.limit, 'limit')
  }
}

export function readReactorsQuery(r: ProtobufReader): ReactorsQuery {
  const m: ReactorsQuery = { conversationId: '', seq: 0, key: '', cursor: '', limit: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.seq = r.varint('seq')
        break
      case 26:
        m.key = r.string('key')
        break
      case 34:
        m.cursor = r.string('cursor')
        break
      case 40:
        m.limit = r.uint32('limit')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface PinsQuery {
  conversationId: string
  /** Exclusive. */
  fromSeq?: number | undefined
}

export function writePinsQuery(w: ProtobufWriter, m: PinsQuery): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.fromSeq !== undefined) {
    w.byte(16)
    w.varint(m.fromSeq, 'from_seq')
  }
}

export function readPinsQuery(r: ProtobufReader): PinsQuery {
  const m: PinsQuery = { conversationId: '', fromSeq: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.fromSeq = r.varint('from_seq')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface MessagesQuery {
  conversationId: string
  /** At most 100. */
  seqs: number[]
}

export function writeMessagesQuery(w: ProtobufWriter, m: MessagesQuery): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.seqs.length > 0) {
    w.byte(18)
    const at = w.open()
    for (const item of m.seqs) w.varint(item, 'seqs')
    w.close(at)
  }
}

export function readMessagesQuery(r: ProtobufReader): MessagesQuery {
  const m: MessagesQuery = { conversationId: '', seqs: [] }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18: {
        const end = r.enter()
        while (r.position < r.end) {
          r.room(m.seqs.length, 100, 'seqs')
          m.seqs.push(r.varint('seqs'))
        }
        r.leave(end)
        break
      }
      case 16:
        r.room(m.seqs.length, 100, 'seqs')
        m.seqs.push(r.varint('seqs'))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface ThreadQuery {
  conversationId: string
  thread: number
  /** Exclusive. */
  fromSeq: number
  limit: number
}

export function writeThreadQuery(w: ProtobufWriter, m: ThreadQuery): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.thread !== 0) {
    w.byte(16)
    w.varint(m.thread, 'thread')
  }
  if (m.fromSeq !== 0) {
    w.byte(24)
    w.varint(m.fromSeq, 'from_seq')
  }
  if (m.limit !== 0) {
    w.byte(32)
    w.uint32(m.limit, 'limit')
  }
}

export function readThreadQuery(r: ProtobufReader): ThreadQuery {
  const m: ThreadQuery = { conversationId: '', thread: 0, fromSeq: 0, limit: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.thread = r.varint('thread')
        break
      case 24:
        m.fromSeq = r.varint('from_seq')
        break
      case 32:
        m.limit = r.uint32('limit')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** The latest first */
export interface SearchQuery {
  text: string
  /** What is empty or 0 limits nothing. */
  conversationId: string
  sender: string
  sentFrom: number
  sentBefore: number
  cursor: string
  limit: number
}

export function writeSearchQuery(w: ProtobufWriter, m: SearchQuery): void {
  if (m.text !== '') {
    w.byte(10)
    w.string(m.text, 'text')
  }
  if (m.conversationId !== '') {
    w.byte(18)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.sender !== '') {
    w.byte(26)
    w.string(m.sender, 'sender')
  }
  if (m.sentFrom !== 0) {
    w.byte(32)
    w.varint(m.sentFrom, 'sent_from')
  }
  if (m.sentBefore !== 0) {
    w.byte(40)
    w.varint(m.sentBefore, 'sent_before')
  }
  if (m.cursor !== '') {
    w.byte(50)
    w.string(m.cursor, 'cursor')
  }
  if (m.limit !== 0) {
    w.byte(56)
    w.uint32(m.limit, 'limit')
  }
}

export function readSearchQuery(r: ProtobufReader): SearchQuery {
  const m: SearchQuery = { text: '', conversationId: '', sender: '', sentFrom: 0, sentBefore: 0, cursor: '', limit: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.text = r.string('text')
        break
      case 18:
        m.conversationId = r.string('conversation_id')
        break
      case 26:
        m.sender = r.string('sender')
        break
      case 32:
        m.sentFrom = r.varint('sent_from')
        break
      case 40:
        m.sentBefore = r.varint('sent_before')
        break
      case 50:
        m.cursor = r.string('cursor')
        break
      case 56:
        m.limit = r.uint32('limit')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface ScheduledQuery {
  cursor: string
}

export function writeScheduledQuery(w: ProtobufWriter, m: ScheduledQuery): void {
  if (m.cursor !== '') {
    w.byte(10)
    w.string(m.cursor, 'cursor')
  }
}

export function readScheduledQuery(r: ProtobufReader): ScheduledQuery {
  const m: ScheduledQuery = { cursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.cursor = r.string('cursor')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface RelationsQuery {
  cursor: string
}

export function writeRelationsQuery(w: ProtobufWriter, m: RelationsQuery): void {
  if (m.cursor !== '') {
    w.byte(10)
    w.string(m.cursor, 'cursor')
  }
}

export function readRelationsQuery(r: ProtobufReader): RelationsQuery {
  const m: RelationsQuery = { cursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.cursor = r.string('cursor')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface MemberList {
  members: Member[]
  nextCursor: string
}

export function writeMemberList(w: ProtobufWriter, m: MemberList): void {
  for (const item of m.members) {
    w.byte(10)
    {
      const at = w.open()
      writeMember(w, item)
      w.close(at)
    }
  }
  if (m.nextCursor !== '') {
    w.byte(18)
    w.string(m.nextCursor, 'next_cursor')
  }
}

export function readMemberList(r: ProtobufReader): MemberList {
  const m: MemberList = { members: [], nextCursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.members.push(readMember(r))
        r.leave(end)
        break
      }
      case 18:
        m.nextCursor = r.string('next_cursor')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface BannedUser {
  userId: string
  bannedBy: string
  bannedAt: number
}

export function writeBannedUser(w: ProtobufWriter, m: BannedUser): void {
  if (m.userId !== '') {
    w.byte(10)
    w.string(m.userId, 'user_id')
  }
  if (m.bannedBy !== '') {
    w.byte(18)
    w.string(m.bannedBy, 'banned_by')
  }
  if (m.bannedAt !== 0) {
    w.byte(24)
    w.varint(m.bannedAt, 'banned_at')
  }
}

export function readBannedUser(r: ProtobufReader): BannedUser {
  const m: BannedUser = { userId: '', bannedBy: '', bannedAt: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.userId = r.string('user_id')
        break
      case 18:
        m.bannedBy = r.string('banned_by')
        break
      case 24:
        m.bannedAt = r.varint('banned_at')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface BanList {
  bans: BannedUser[]
  nextCursor: string
}

export function writeBanList(w: ProtobufWriter, m: BanList): void {
  for (const item of m.bans) {
    w.byte(10)
    {
      const at = w.open()
      writeBannedUser(w, item)
      w.close(at)
    }
  }
  if (m.nextCursor !== '') {
    w.byte(18)
    w.string(m.nextCursor, 'next_cursor')
  }
}

export function readBanList(r: ProtobufReader): BanList {
  const m: BanList = { bans: [], nextCursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.bans.push(readBannedUser(r))
        r.leave(end)
        break
      }
      case 18:
        m.nextCursor = r.string('next_cursor')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Reader {
  userId: string
  deliveredSeq: number
  readSeq: number
}

export function writeReader(w: ProtobufWriter, m: Reader): void {
  if (m.userId !== '') {
    w.byte(10)
    w.string(m.userId, 'user_id')
  }
  if (m.deliveredSeq !== 0) {
    w.byte(16)
    w.varint(m.deliveredSeq, 'delivered_seq')
  }
  if (m.readSeq !== 0) {
    w.byte(24)
    w.varint(m.readSeq, 'read_seq')
  }
}

export function readReader(r: ProtobufReader): Reader {
  const m: Reader = { userId: '', deliveredSeq: 0, readSeq: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.userId = r.string('user_id')
        break
      case 16:
        m.deliveredSeq = r.varint('delivered_seq')
        break
      case 24:
        m.readSeq = r.varint('read_seq')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface ReaderList {
  readCount: number
  deliveredCount: number
  memberCount: number
  /** Those who have read it. */
  readers: Reader[]
  nextCursor: string
}

export function writeReaderList(w: ProtobufWriter, m: ReaderList): void {
  if (m.readCount !== 0) {
    w.byte(8)
    w.uint32(m.readCount, 'read_count')
  }
  if (m.deliveredCount !== 0) {
    w.byte(16)
    w.uint32(m.deliveredCount, 'delivered_count')
  }
  if (m.memberCount !== 0) {
    w.byte(24)
    w.uint32(m.memberCount, 'member_count')
  }
  for (const item of m.readers) {
    w.byte(34)
    {
      const at = w.open()
      writeReader(w, item)
      w.close(at)
    }
  }
  if (m.nextCursor !== '') {
    w.byte(42)
    w.string(m.nextCursor, 'next_cursor')
  }
}

export function readReaderList(r: ProtobufReader): ReaderList {
  const m: ReaderList = { readCount: 0, deliveredCount: 0, memberCount: 0, readers: [], nextCursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.readCount = r.uint32('read_count')
        break
      case 16:
        m.deliveredCount = r.uint32('delivered_count')
        break
      case 24:
        m.memberCount = r.uint32('member_count')
        break
      case 34: {
        const end = r.enter()
        m.readers.push(readReader(r))
        r.leave(end)
        break
      }
      case 42:
        m.nextCursor = r.string('next_cursor')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface UserList {
  users: string[]
  nextCursor: string
}

export function writeUserList(w: ProtobufWriter, m: UserList): void {
  for (const item of m.users) {
    w.byte(10)
    w.string(item, 'users')
  }
  if (m.nextCursor !== '') {
    w.byte(18)
    w.string(m.nextCursor, 'next_cursor')
  }
}

export function readUserList(r: ProtobufReader): UserList {
  const m: UserList = { users: [], nextCursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.users.push(r.string('users'))
        break
      case 18:
        m.nextCursor = r.string('next_cursor')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface MessageList {
  messages: Message[]
  nextCursor: string
}

export function writeMessageList(w: ProtobufWriter, m: MessageList): void {
  for (const item of m.messages) {
    w.byte(10)
    {
      const at = w.open()
      writeMessage(w, item)
      w.close(at)
    }
  }
  if (m.nextCursor !== '') {
    w.byte(18)
    w.string(m.nextCursor, 'next_cursor')
  }
}

export function readMessageList(r: ProtobufReader): MessageList {
  const m: MessageList = { messages: [], nextCursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.messages.push(readMessage(r))
        r.leave(end)
        break
      }
      case 18:
        m.nextCursor = r.string('next_cursor')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Scheduled {
  clientMessageId: string
  conversationId: string
  sendAt: number
  contentType: string
  content: Uint8Array
  details?: Details | undefined
  /** Why it was refused when its time had come, as of an ERROR; empty where it was not. */
  refusal: string
  refusalMessage: string
  /** Milliseconds since 1970 when it is tried again; 0 for never. */
  nextTryAt: number
}

export function writeScheduled(w: ProtobufWriter, m: Scheduled): void {
  if (m.clientMessageId !== '') {
    w.byte(10)
    w.string(m.clientMessageId, 'client_message_id')
  }
  if (m.conversationId !== '') {
    w.byte(18)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.sendAt !== 0) {
    w.byte(24)
    w.varint(m.sendAt, 'send_at')
  }
  if (m.contentType !== '') {
    w.byte(34)
    w.string(m.contentType, 'content_type')
  }
  if (m.content.length > 0) {
    w.byte(42)
    w.bytes(m.content)
  }
  if (m.details !== undefined) {
    w.byte(50)
    {
      const at = w.open()
      writeDetails(w, m.details)
      w.close(at)
    }
  }
  if (m.refusal !== '') {
    w.byte(58)
    w.string(m.refusal, 'refusal')
  }
  if (m.refusalMessage !== '') {
    w.byte(66)
    w.string(m.refusalMessage, 'refusal_message')
  }
  if (m.nextTryAt !== 0) {
    w.byte(72)
    w.varint(m.nextTryAt, 'next_try_at')
  }
}

export function readScheduled(r: ProtobufReader): Scheduled {
  const m: Scheduled = { clientMessageId: '', conversationId: '', sendAt: 0, contentType: '', content: EMPTY, details: undefined, refusal: '', refusalMessage: '', nextTryAt: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.clientMessageId = r.string('client_message_id')
        break
      case 18:
        m.conversationId = r.string('conversation_id')
        break
      case 24:
        m.sendAt = r.varint('send_at')
        break
      case 34:
        m.contentType = r.string('content_type')
        break
      case 42:
        m.content = r.bytes('content')
        break
      case 50: {
        const end = r.enter()
        m.details = readDetails(r)
        r.leave(end)
        break
      }
      case 58:
        m.refusal = r.string('refusal')
        break
      case 66:
        m.refusalMessage = r.string('refusal_message')
        break
      case 72:
        m.nextTryAt = r.varint('next_try_at')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface ScheduledList {
  scheduled: Scheduled[]
  nextCursor: string
}

export function writeScheduledList(w: ProtobufWriter, m: ScheduledList): void {
  for (const item of m.scheduled) {
    w.byte(10)
    {
      const at = w.open()
      writeScheduled(w, item)
      w.close(at)
    }
  }
  if (m.nextCursor !== '') {
    w.byte(18)
    w.string(m.nextCursor, 'next_cursor')
  }
}

export function readScheduledList(r: ProtobufReader): ScheduledList {
  const m: ScheduledList = { scheduled: [], nextCursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.scheduled.push(readScheduled(r))
        r.leave(end)
        break
      }
      case 18:
        m.nextCursor = r.string('next_cursor')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const ContactState = {
  NO_CONTACT: 0,
  ASKED: 1,
  WAS_ASKED: 2,
  CONTACT: 3,
} as const
export type ContactState = (typeof ContactState)[keyof typeof ContactState]

/** A value this version does not know reads as NO_CONTACT. */
function toContactState(value: number): ContactState {
  return value <= 3 ? (value as ContactState) : ContactState.NO_CONTACT
}

export interface Relation {
  userId: string
  contact: ContactState
  blocked: boolean
}

export function writeRelation(w: ProtobufWriter, m: Relation): void {
  if (m.userId !== '') {
    w.byte(10)
    w.string(m.userId, 'user_id')
  }
  if (m.contact !== 0) {
    w.byte(16)
    w.varint(m.contact)
  }
  if (m.blocked) {
    w.byte(24)
    w.byte(1)
  }
}

export function readRelation(r: ProtobufReader): Relation {
  const m: Relation = { userId: '', contact: 0, blocked: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.userId = r.string('user_id')
        break
      case 16:
        m.contact = toContactState(r.varint())
        break
      case 24:
        m.blocked = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Relations {
  relations: Relation[]
  nextCursor: string
}

export function writeRelations(w: ProtobufWriter, m: Relations): void {
  for (const item of m.relations) {
    w.byte(10)
    {
      const at = w.open()
      writeRelation(w, item)
      w.close(at)
    }
  }
  if (m.nextCursor !== '') {
    w.byte(18)
    w.string(m.nextCursor, 'next_cursor')
  }
}

export function readRelations(r: ProtobufReader): Relations {
  const m: Relations = { relations: [], nextCursor: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.relations.push(readRelation(r))
        r.leave(end)
        break
      }
      case 18:
        m.nextCursor = r.string('next_cursor')
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
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.seq !== 0) {
    w.byte(16)
    w.varint(m.seq, 'seq')
  }
}

export function readRead(r: ProtobufReader): Read {
  const m: Read = { conversationId: '', seq: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.seq = r.varint('seq')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** EVENT: fleeting, the latest wins */
export interface FleetingEvent {
  receipt?: Receipt | undefined
  typing: Typing[]
  presence: Presence[]
  roomMessage?: RoomMessage | undefined
  /** Of an operator to many. */
  broadcast?: Broadcast | undefined
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
  for (const item of m.typing) {
    w.byte(18)
    {
      const at = w.open()
      writeTyping(w, item)
      w.close(at)
    }
  }
  for (const item of m.presence) {
    w.byte(26)
    {
      const at = w.open()
      writePresence(w, item)
      w.close(at)
    }
  }
  if (m.roomMessage !== undefined) {
    w.byte(34)
    {
      const at = w.open()
      writeRoomMessage(w, m.roomMessage)
      w.close(at)
    }
  }
  if (m.broadcast !== undefined) {
    w.byte(42)
    {
      const at = w.open()
      writeBroadcast(w, m.broadcast)
      w.close(at)
    }
  }
}

export function readFleetingEvent(r: ProtobufReader): FleetingEvent {
  const m: FleetingEvent = { receipt: undefined, typing: [], presence: [], roomMessage: undefined, broadcast: undefined }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.receipt = readReceipt(r)
        r.leave(end)
        break
      }
      case 18: {
        const end = r.enter()
        m.typing.push(readTyping(r))
        r.leave(end)
        break
      }
      case 26: {
        const end = r.enter()
        m.presence.push(readPresence(r))
        r.leave(end)
        break
      }
      case 34: {
        const end = r.enter()
        m.roomMessage = readRoomMessage(r)
        r.leave(end)
        break
      }
      case 42: {
        const end = r.enter()
        m.broadcast = readBroadcast(r)
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

/** TYPING: has no reply. In an EVENT it says who */
export interface Typing {
  conversationId: string
  userId: string
  stopped: boolean
}

export function writeTyping(w: ProtobufWriter, m: Typing): void {
  if (m.conversationId !== '') {
    w.byte(10)
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.userId !== '') {
    w.byte(18)
    w.string(m.userId, 'user_id')
  }
  if (m.stopped) {
    w.byte(24)
    w.byte(1)
  }
}

export function readTyping(r: ProtobufReader): Typing {
  const m: Typing = { conversationId: '', userId: '', stopped: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18:
        m.userId = r.string('user_id')
        break
      case 24:
        m.stopped = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** WATCH: whose presence this session wants to hear of; WATCH_ACK tells how it is now */
export interface Watch {
  /** At most 500. */
  users: string[]
  /** At most 500. */
  unwatch: string[]
}

export function writeWatch(w: ProtobufWriter, m: Watch): void {
  for (const item of m.users) {
    w.byte(10)
    w.string(item, 'users')
  }
  for (const item of m.unwatch) {
    w.byte(18)
    w.string(item, 'unwatch')
  }
}

export function readWatch(r: ProtobufReader): Watch {
  const m: Watch = { users: [], unwatch: [] }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        r.room(m.users.length, 500, 'users')
        m.users.push(r.string('users'))
        break
      case 18:
        r.room(m.unwatch.length, 500, 'unwatch')
        m.unwatch.push(r.string('unwatch'))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface WatchAck {
  presence: Presence[]
}

export function writeWatchAck(w: ProtobufWriter, m: WatchAck): void {
  for (const item of m.presence) {
    w.byte(10)
    {
      const at = w.open()
      writePresence(w, item)
      w.close(at)
    }
  }
}

export function readWatchAck(r: ProtobufReader): WatchAck {
  const m: WatchAck = { presence: [] }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10: {
        const end = r.enter()
        m.presence.push(readPresence(r))
        r.leave(end)
        break
      }
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Presence {
  userId: string
  /** Empty: offline. */
  online: DeviceClass[]
  /** Milliseconds since 1970; 0 where unknown or online. */
  lastSeen: number
  status: string
}

export function writePresence(w: ProtobufWriter, m: Presence): void {
  if (m.userId !== '') {
    w.byte(10)
    w.string(m.userId, 'user_id')
  }
  if (m.online.length > 0) {
    w.byte(18)
    const at = w.open()
    for (const item of m.online) w.varint(item)
    w.close(at)
  }
  if (m.lastSeen !== 0) {
    w.byte(24)
    w.varint(m.lastSeen, 'last_seen')
  }
  if (m.status !== '') {
    w.byte(34)
    w.string(m.status, 'status')
  }
}

export function readPresence(r: ProtobufReader): Presence {
  const m: Presence = { userId: '', online: [], lastSeen: 0, status: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.userId = r.string('user_id')
        break
      case 18: {
        const end = r.enter()
        while (r.position < r.end) {
          m.online.push(toDeviceClass(r.varint()))
        }
        r.leave(end)
        break
      }
      case 16:
        m.online.push(toDeviceClass(r.varint()))
        break
      case 24:
        m.lastSeen = r.varint('last_seen')
        break
      case 34:
        m.status = r.string('status')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** ROOM: joins or leaves a room, for this session; ROOM_ACK says how many are in it */
export interface Room {
  roomId: string
  leave: boolean
}

export function writeRoom(w: ProtobufWriter, m: Room): void {
  if (m.roomId !== '') {
    w.byte(10)
    w.string(m.roomId, 'room_id')
  }
  if (m.leave) {
    w.byte(16)
    w.byte(1)
  }
}

export function readRoom(r: ProtobufReader): Room {
  const m: Room = { roomId: '', leave: false }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.roomId = r.string('room_id')
        break
      case 16:
        m.leave = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface RoomAck {
  roomId: string
  sessions: number
}

export function writeRoomAck(w: ProtobufWriter, m: RoomAck): void {
  if (m.roomId !== '') {
    w.byte(10)
    w.string(m.roomId, 'room_id')
  }
  if (m.sessions !== 0) {
    w.byte(16)
    w.uint32(m.sessions, 'sessions')
  }
}

export function readRoomAck(r: ProtobufReader): RoomAck {
  const m: RoomAck = { roomId: '', sessions: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.roomId = r.string('room_id')
        break
      case 16:
        m.sessions = r.uint32('sessions')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

/** PUBLISH: a message to the sessions in a room, kept nowhere; PUBLISH_ACK says to how many it went */
export interface Publish {
  roomId: string
  contentType: string
  content: Uint8Array
}

export function writePublish(w: ProtobufWriter, m: Publish): void {
  if (m.roomId !== '') {
    w.byte(10)
    w.string(m.roomId, 'room_id')
  }
  if (m.contentType !== '') {
    w.byte(18)
    w.string(m.contentType, 'content_type')
  }
  if (m.content.length > 0) {
    w.byte(26)
    w.bytes(m.content)
  }
}

export function readPublish(r: ProtobufReader): Publish {
  const m: Publish = { roomId: '', contentType: '', content: EMPTY }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.roomId = r.string('room_id')
        break
      case 18:
        m.contentType = r.string('content_type')
        break
      case 26:
        m.content = r.bytes('content')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface PublishAck {
  sessions: number
}

export function writePublishAck(w: ProtobufWriter, m: PublishAck): void {
  if (m.sessions !== 0) {
    w.byte(8)
    w.uint32(m.sessions, 'sessions')
  }
}

export function readPublishAck(r: ProtobufReader): PublishAck {
  const m: PublishAck = { sessions: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.sessions = r.uint32('sessions')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface RoomMessage {
  roomId: string
  sender: string
  sentAt: number
  contentType: string
  content: Uint8Array
}

export function writeRoomMessage(w: ProtobufWriter, m: RoomMessage): void {
  if (m.roomId !== '') {
    w.byte(10)
    w.string(m.roomId, 'room_id')
  }
  if (m.sender !== '') {
    w.byte(18)
    w.string(m.sender, 'sender')
  }
  if (m.sentAt !== 0) {
    w.byte(24)
    w.varint(m.sentAt, 'sent_at')
  }
  if (m.contentType !== '') {
    w.byte(34)
    w.string(m.contentType, 'content_type')
  }
  if (m.content.length > 0) {
    w.byte(42)
    w.bytes(m.content)
  }
}

export function readRoomMessage(r: ProtobufReader): RoomMessage {
  const m: RoomMessage = { roomId: '', sender: '', sentAt: 0, contentType: '', content: EMPTY }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.roomId = r.string('room_id')
        break
      case 18:
        m.sender = r.string('sender')
        break
      case 24:
        m.sentAt = r.varint('sent_at')
        break
      case 34:
        m.contentType = r.string('content_type')
        break
      case 42:
        m.content = r.bytes('content')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export interface Broadcast {
  sentAt: number
  contentType: string
  content: Uint8Array
}

export function writeBroadcast(w: ProtobufWriter, m: Broadcast): void {
  if (m.sentAt !== 0) {
    w.byte(8)
    w.varint(m.sentAt, 'sent_at')
  }
  if (m.contentType !== '') {
    w.byte(18)
    w.string(m.contentType, 'content_type')
  }
  if (m.content.length > 0) {
    w.byte(26)
    w.bytes(m.content)
  }
}

export function readBroadcast(r: ProtobufReader): Broadcast {
  const m: Broadcast = { sentAt: 0, contentType: '', content: EMPTY }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.sentAt = r.varint('sent_at')
        break
      case 18:
        m.contentType = r.string('content_type')
        break
      case 26:
        m.content = r.bytes('content')
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
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.userId !== '') {
    w.byte(18)
    w.string(m.userId, 'user_id')
  }
  if (m.deliveredSeq !== 0) {
    w.byte(24)
    w.varint(m.deliveredSeq, 'delivered_seq')
  }
  if (m.readSeq !== 0) {
    w.byte(32)
    w.varint(m.readSeq, 'read_seq')
  }
}

export function readReceipt(r: ProtobufReader): Receipt {
  const m: Receipt = { conversationId: '', userId: '', deliveredSeq: 0, readSeq: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 18:
        m.userId = r.string('user_id')
        break
      case 24:
        m.deliveredSeq = r.varint('delivered_seq')
        break
      case 32:
        m.readSeq = r.varint('read_seq')
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
    w.string(m.conversationId, 'conversation_id')
  }
  if (m.lastSeq !== 0) {
    w.byte(16)
    w.varint(m.lastSeq, 'last_seq')
  }
}

export function readGap(r: ProtobufReader): Gap {
  const m: Gap = { conversationId: '', lastSeq: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.conversationId = r.string('conversation_id')
        break
      case 16:
        m.lastSeq = r.varint('last_seq')
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
    w.string(m.deviceId, 'device_id')
  }
  if (m.client !== '') {
    w.byte(26)
    w.string(m.client, 'client')
  }
  if (m.at !== 0) {
    w.byte(32)
    w.varint(m.at, 'at')
  }
  if (m.generation !== 0) {
    w.byte(40)
    w.varint(m.generation, 'generation')
  }
}

export function readKick(r: ProtobufReader): Kick {
  const m: Kick = { deviceClass: 0, deviceId: '', client: '', at: 0, generation: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.deviceClass = toDeviceClass(r.varint())
        break
      case 18:
        m.deviceId = r.string('device_id')
        break
      case 26:
        m.client = r.string('client')
        break
      case 32:
        m.at = r.varint('at')
        break
      case 40:
        m.generation = r.varint('generation')
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
    w.string(m.reason, 'reason')
  }
  if (m.reconnectAfterMs !== 0) {
    w.byte(16)
    w.uint32(m.reconnectAfterMs, 'reconnect_after_ms')
  }
}

export function readGoAway(r: ProtobufReader): GoAway {
  const m: GoAway = { reason: '', reconnectAfterMs: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.reason = r.string('reason')
        break
      case 16:
        m.reconnectAfterMs = r.uint32('reconnect_after_ms')
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
    w.string(m.code, 'code')
  }
  if (m.message !== '') {
    w.byte(18)
    w.string(m.message, 'message')
  }
  if (m.field !== '') {
    w.byte(26)
    w.string(m.field, 'field')
  }
  if (m.retryAfterMs !== 0) {
    w.byte(32)
    w.varint(m.retryAfterMs, 'retry_after_ms')
  }
}

export function readErrorReply(r: ProtobufReader): ErrorReply {
  const m: ErrorReply = { code: '', message: '', field: '', retryAfterMs: 0 }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.code = r.string('code')
        break
      case 18:
        m.message = r.string('message')
        break
      case 26:
        m.field = r.string('field')
        break
      case 32:
        m.retryAfterMs = r.varint('retry_after_ms')
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
    w.uint32(m.code, 'code')
  }
  if (m.reason !== '') {
    w.byte(18)
    w.string(m.reason, 'reason')
  }
}

export function readClose(r: ProtobufReader): Close {
  const m: Close = { code: 0, reason: '' }
  while (r.position < r.end) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.code = r.uint32('code')
        break
      case 18:
        m.reason = r.string('reason')
        break
      default:
        r.skip(tag)
    }
  }
  return m
}
