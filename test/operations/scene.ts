import { expect } from 'vitest'
import { type BodyOf, Command, commandName } from '../../shared/commands.ts'
import { directConversationId, ownConversationId } from '../../shared/conversation-id.ts'
import { decodeBody, type Frame } from '../../shared/frame.ts'
import {
  type Answer,
  type Change,
  type Conversation,
  type Details,
  Direction,
  type GroupSettings,
  type Message,
  type Page,
  type Query,
  Role,
  type SendAck,
} from '../../shared/gen/hawser.ts'
import { type Attempt, change, message, query } from './operation.ts'
import type { Stage } from './stage.ts'

/** Of each scene's group; the outsider is in none, the former member was. */
export const NAMES = ['owner', 'admin', 'member', 'outsider', 'former'] as const
export type Name = (typeof NAMES)[number]

/** What one case plays in: a group of its own, and the people. */
export class Scene {
  readonly stage: Stage
  readonly group: string
  readonly #id: string
  #count = 0

  constructor(stage: Stage, id: string) {
    this.stage = stage
    this.#id = id
    this.group = `group/${id}`
  }

  /** The group with its members: those of a name are in their roles. */
  async open(): Promise<void> {
    const users = [this.user('admin'), this.user('member'), this.user('former')]
    const made = this.does('owner', { create: { ...PROFILE, name: 'scene', members: users } })
    await Promise.all([made, this.does('owner', { role: { user: this.user('admin'), role: Role.ADMIN } })])
    await this.does('former', { leave: {} })
  }

  user(name: Name): string {
    return this.stage.user(name)
  }

  nextId(): string {
    this.#count++
    return `${this.#id}-${this.#count}`
  }

  /** A group that does not exist yet. */
  get otherGroup(): string {
    return `${this.group}-other`
  }

  direct(one: Name, other: Name): string {
    return directConversationId(this.user(one), this.user(other))
  }

  own(name: Name): string {
    return ownConversationId(this.user(name))
  }

  /** A change that works. */
  async does(by: Name, what: Change, conversationId: string = this.group): Promise<SendAck> {
    return this.acked(change(this, by, what, conversationId))
  }

  /** A message that goes out; gives its seq. */
  async says(by: Name, text: string, options: { conversationId?: string; details?: Partial<Details> } = {}): Promise<number> {
    return (await this.acked(message(this, by, text, options))).seq
  }

  async settings(settings: Partial<GroupSettings>): Promise<void> {
    await this.does('owner', { update: { attributes: [], settings: { ...DEFAULTS, ...settings } } })
  }

  async acked(attempt: Attempt): Promise<SendAck> {
    const ack = decoded(await this.stage.ask(attempt), Command.SEND_ACK)
    if (ack.seq > 0) await this.stage.pushed(attempt.by, ack)
    return ack
  }

  async answer(by: Name, what: Query): Promise<Answer> {
    return decoded(await this.stage.ask(query(by, what)), Command.QUERY_ACK)
  }

  async page(by: Name, conversationId: string, fromSeq: number, direction: Direction = Direction.FORWARD): Promise<Page> {
    const page = { conversationId, withUser: '', direction, fromSeq, limit: 0, epoch: 0, digest: 0 }
    const ack = decoded(await this.stage.ask({ by, command: Command.SYNC, body: { page } }), Command.SYNC_ACK)
    if (!ack.page) throw new Error('SYNC_ACK has no page')
    return ack.page
  }

  async message(by: Name, seq: number, conversationId: string = this.group): Promise<Message | undefined> {
    return (await this.answer(by, { messages: { conversationId, seqs: [seq] } })).messages?.messages[0]
  }

  /** A conversation in the user's list. */
  async summary(by: Name, conversationId: string = this.group): Promise<Conversation | undefined> {
    const list = { cursor: '', limit: 500 }
    const ack = decoded(await this.stage.ask({ by, command: Command.SYNC, body: { list } }), Command.SYNC_ACK)
    return ack.list?.conversations.find((conversation) => conversation.conversationId === conversationId)
  }

  async members(by: Name = 'owner', conversationId: string = this.group): Promise<Record<string, Role>> {
    const { members } = await this.answer(by, { members: { conversationId, cursor: '', limit: 0 } })
    return Object.fromEntries(members?.members.map(({ userId, role }) => [userId.split('.').at(-1) as string, role]) ?? [])
  }

  async groupOf(by: Name, conversationId: string = this.group) {
    return (await this.answer(by, { group: { conversationId } })).group
  }

  /** The last seq of a conversation; undefined where it is not this user's. */
  async lastSeq(by: Name, conversationId: string): Promise<number | undefined> {
    const page = { conversationId, withUser: '', direction: Direction.BACKWARD, fromSeq: 0, limit: 1, epoch: 0, digest: 0 }
    const frame = await this.stage.ask({ by, command: Command.SYNC, body: { page } })
    return frame.command === Command.SYNC_ACK ? decodeBody(Command.SYNC_ACK, frame.body).page?.lastSeq : undefined
  }
}

export const PROFILE = { name: '', description: '', avatar: '', attributes: [], members: [] }
const NONE = Role.ROLE_UNSPECIFIED
export const DEFAULTS: GroupSettings = {
  send: NONE,
  invite: NONE,
  update: NONE,
  remove: NONE,
  mute: NONE,
  pin: NONE,
  mentionAll: NONE,
  recallOthers: NONE,
  open: false,
  hideHistory: false,
  editSeconds: 0,
  recallSeconds: 0,
}

/** The body of an answer that has to be of this command. */
export function decoded<C extends Command>(frame: Frame | undefined, command: C): BodyOf<C> {
  if (!frame) throw new Error('nothing was answered')
  const said = frame.command === Command.ERROR ? decodeBody(Command.ERROR, frame.body).message : commandName(frame.command)
  expect(frame.command, said).toBe(command)
  return decodeBody(command, frame.body)
}
