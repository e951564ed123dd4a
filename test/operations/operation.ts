import type { ErrorName } from '../../shared/codes.ts'
import { type BodyOf, Command } from '../../shared/commands.ts'
import type { Frame } from '../../shared/frame.ts'
import type { Change, Details, Query } from '../../shared/gen/hawser.ts'
import type { Name, Scene } from './scene.ts'

/** A request of somebody's. */
export interface AttemptOf<C extends Command> {
  readonly by: Name
  readonly command: C
  readonly body: BodyOf<C>
}

export type Attempt = { [C in Command]: AttemptOf<C> }[Command]

interface Case {
  /** What makes it this case; the test's name. */
  readonly when: string
  /** What has to be before. */
  readonly before?: (scene: Scene) => Promise<unknown>
  readonly attempt: (scene: Scene) => Attempt
}

export interface Working extends Case {
  /** Who hears of it by a push, besides the one who does it. */
  readonly heardBy?: readonly Name[]
  /** What can be seen of it afterwards. */
  readonly shows: (scene: Scene, answer: Frame | undefined) => Promise<void>
}

export interface Refusal extends Case {
  readonly code: ErrorName
  readonly field?: string
}

/** Something that a client may ask for: a row of docs/PROTOCOL.md, "Operations", and its tests by every door. */
export interface Operation {
  readonly name: string
  readonly who: string
  /** What is in the log afterwards. */
  readonly logs: string
  readonly works: readonly Working[]
  readonly refused: readonly Refusal[]
}

/** Operations that other tests hold: rows of the table only. */
export interface OperationElsewhere {
  readonly name: string
  readonly who: string
  readonly logs: string
  readonly errors: readonly string[]
  readonly tests: readonly string[]
}

export const NO_DETAILS: Details = { replyTo: 0, thread: 0, mentions: [], mentionAll: false, attributes: [], expiresAt: 0 }

type Sent = AttemptOf<typeof Command.SEND>
const EMPTY = { toUser: '', contentType: '', content: new Uint8Array(0) }

/** SEND of a change. */
export function change(scene: Scene, by: Name, what: Change, conversationId: string = scene.group): Sent {
  return { by, command: Command.SEND, body: { ...EMPTY, clientMessageId: scene.nextId(), conversationId, change: what } }
}

/** SEND of a text. */
export function message(
  scene: Scene,
  by: Name,
  text: string,
  options: { conversationId?: string; details?: Partial<Details>; sendAt?: number } = {},
): Sent {
  const { conversationId = scene.group, details, sendAt } = options
  const body = { ...EMPTY, contentType: 'text/plain', content: Buffer.from(text), clientMessageId: scene.nextId(), conversationId, sendAt }
  return { by, command: Command.SEND, body: { ...body, details: details && { ...NO_DETAILS, ...details } } }
}

export function query(by: Name, body: Query): AttemptOf<typeof Command.QUERY> {
  return { by, command: Command.QUERY, body }
}
