import fc from 'fast-check'
import { directConversationId, ownConversationId } from '../../../shared/conversation-id.ts'
import { type Change, ContactStep, type Details, type EditedDetails, type GroupSettings, Role } from '../../../shared/gen/hawser.ts'
import { active, isGone, type Model, type ModelConversation, type ModelEntry, type Request } from './model.ts'

/** What may happen in a history, the likelier the higher; the rest of a step says to whom and where. */
const KINDS = {
  send: 10,
  details: 4,
  create: 2,
  update: 2,
  add: 5,
  join: 3,
  leave: 3,
  remove: 3,
  ban: 2,
  role: 2,
  transfer: 1,
  mute: 2,
  dissolve: 1,
  edit: 5,
  recall: 3,
  react: 4,
  pin: 3,
  block: 2,
  contact: 2,
  clear: 2,
  preference: 1,
  read: 4,
  delivered: 2,
  wait: 2,
  look: 1,
} as const
export type StepKind = keyof typeof KINDS

/** What is mostly done by members is done by members mostly; these are not. */
const ANYBODY: ReadonlySet<StepKind> = new Set(['join', 'block', 'clear'])

/** One step of a random history. The numbers are taken modulo whatever there is to choose from, so that any step means something. */
export interface Step {
  readonly kind: StepKind
  readonly by: number
  readonly place: number
  readonly other: number
  /** How far back a message is. */
  readonly back: number
  readonly choice: number
}

export function history(length: number, kinds: Partial<Record<StepKind, number>> = {}): fc.Arbitrary<Step[]> {
  const kind = fc.oneof(
    ...Object.entries({ ...KINDS, ...kinds }).map(([name, weight]) => ({ arbitrary: fc.constant(name as StepKind), weight })),
  )
  const step = (kind: fc.Arbitrary<StepKind>, place: fc.Arbitrary<number>) =>
    fc.record({ kind, by: fc.nat(4), place, other: fc.nat(4), back: fc.nat(9), choice: fc.nat(63) })
  const makes = (place: number) => step(fc.constant('create'), fc.constant(place))
  const rest = fc.array(step(kind, fc.nat(15)), { minLength: 1, maxLength: length, size: 'max' })
  return fc.tuple(makes(0), makes(1), rest).map(([one, two, rest]) => [one, two, ...rest])
}

/** Users and places of one history; the prefix keeps histories on one server apart. */
export class Cast {
  readonly users: readonly string[]
  readonly groups: readonly string[]
  readonly #prefix: string
  #count = 0

  constructor(prefix = '') {
    this.#prefix = prefix
    this.users = ['ann', 'bob', 'cat', 'dan', 'eve'].map((name) => prefix + name)
    this.groups = [`group/${prefix}one`, `group/${prefix}two`]
  }

  user(index: number): string {
    return this.users[index % this.users.length] as string
  }

  /** Mostly groups: that is where rules are. */
  place({ place, by, other }: Step): string {
    if (place < 13) return this.groups[place % this.groups.length] as string
    return this.#withOther(this.user(by), other)
  }

  #withOther(user: string, other: number): string {
    return directConversationId(user, this.user(this.user(other) === user ? other + 1 : other))
  }

  nextId(): string {
    this.#count++
    return `${this.#prefix}${this.#count}`
  }

  /** What the step asks for, in a conversation as the model has it; undefined for steps that ask for nothing of the kind. */
  request(step: Step, model: Model, at: number): Request | undefined {
    const place = this.place(step)
    const conversation = model.conversation(place)
    const target = conversation && targetOf(conversation, step)
    const by = this.#actor(step, conversation, target)
    const seq = target?.seq ?? 1
    const clientMessageId = this.nextId()
    const base = { by, conversationId: place, clientMessageId, at, content: '' }
    const own = { ...base, conversationId: ownConversationId(by) }
    const user = this.user(step.other)
    const done = (change: Change) => ({ ...base, change })
    switch (step.kind) {
      case 'send':
        return { ...base, content: `text ${clientMessageId}` }
      case 'details':
        return { ...base, content: `text ${clientMessageId}`, details: this.#details(step, at, seq) }
      case 'create':
        return done({
          create: {
            name: `name ${clientMessageId}`,
            description: '',
            avatar: '',
            attributes: [],
            settings: settings(step),
            members: this.#some(step),
          },
        })
      case 'update': {
        const name = `name ${clientMessageId}`
        return done({ update: step.choice % 2 ? { name, attributes: [] } : { settings: settings(step), attributes: [] } })
      }
      case 'add':
        return done({ add: { users: this.#some(step) } })
      case 'join':
        return done({ join: {} })
      case 'leave':
        return done({ leave: {} })
      case 'remove':
        return done({ remove: { users: [user] } })
      case 'ban':
        return done({ ban: { users: this.#some(step), removed: step.choice % 3 === 0 } })
      case 'role':
        return done({ role: { user, role: step.choice % 2 ? Role.ADMIN : Role.MEMBER } })
      case 'transfer':
        return done({ transfer: { user } })
      case 'mute':
        return done({ mute: { users: step.choice % 3 === 0 ? [] : [user], until: step.choice % 4 === 0 ? 0 : at + 20_000 } })
      case 'dissolve':
        return step.choice % 4 === 0 ? done({ dissolve: {} }) : undefined
      case 'edit':
        return done({
          edit: { seq, contentType: 'text/plain', content: Buffer.from(`edit ${clientMessageId}`), details: this.#edited(step) },
        })
      case 'recall':
        return done({ recall: { seq } })
      case 'react':
        return done({ react: { seq, key: step.choice % 2 ? '+' : '-', removed: step.choice % 5 === 0 } })
      case 'pin':
        return done({ pin: { seq, removed: step.choice % 4 === 0 } })
      case 'block':
        return { ...own, change: { block: { user, removed: step.choice % 2 === 0 } } }
      case 'contact':
        return {
          ...base,
          conversationId: this.#withOther(by, step.other),
          change: { contact: { step: contactStep(step), note: '' } },
        }
      case 'clear':
        return { ...own, change: { preference: { conversationId: place, clearedSeq: step.choice % 4 === 0 ? 1_000_000 : seq } } }
      case 'preference':
        return {
          ...own,
          change: { preference: { conversationId: place, draft: `draft ${clientMessageId}`, pinned: step.choice % 2 === 0 } },
        }
      case 'read':
      case 'delivered':
      case 'wait':
      case 'look':
        return undefined
    }
  }

  /** Mostly one who may: a member, and of an own message its sender. */
  #actor({ kind, by, choice }: Step, conversation: ModelConversation | undefined, target: ModelEntry | undefined): string {
    const anybody = this.user(by)
    if (!conversation || ANYBODY.has(kind) || choice % 8 === 7) return anybody
    if (target && (kind === 'edit' || (kind === 'recall' && choice % 2 === 0))) return target.by
    const members = active(conversation)
    return members[by % members.length] ?? anybody
  }

  #some({ other, choice }: Step): string[] {
    return choice % 3 === 0 ? [this.user(other)] : [this.user(other), this.user(other + 1 + (choice % 3))]
  }

  #edited({ choice, other }: Step): EditedDetails | undefined {
    if (choice % 2 === 0) return undefined
    return { mentions: choice & 4 ? [this.user(other), this.user(other + 2)] : [], mentionAll: choice % 11 === 0, attributes: [] }
  }

  #details({ choice, other }: Step, at: number, seq: number): Details {
    return {
      replyTo: choice & 1 ? seq : 0,
      thread: choice & 2 ? seq : 0,
      mentions: choice & 4 ? [this.user(other), this.user(other + 1)] : [],
      mentionAll: choice % 7 === 0,
      attributes: [],
      expiresAt: choice & 8 ? at + 30_000 : 0,
    }
  }
}

const STEPS = [ContactStep.REQUEST, ContactStep.ACCEPT, ContactStep.DECLINE, ContactStep.REMOVE]
const contactStep = ({ choice }: Step) => STEPS[choice % STEPS.length] as ContactStep

/** Mostly a message that is there. */
function targetOf({ entries }: ModelConversation, { back, choice }: Step): ModelEntry | undefined {
  const candidates = choice % 8 === 5 ? entries : entries.filter((entry) => !entry.change && !isGone(entry))
  return candidates[Math.max(0, candidates.length - 1 - back)]
}

/** Mostly a group that hides its past and that is open: there is the most to get wrong. */
function settings({ choice, back }: Step): GroupSettings {
  const some = (bit: number, role: Role) => (choice & bit ? role : Role.ROLE_UNSPECIFIED)
  return {
    send: some(32, back % 2 ? Role.ADMIN : Role.MEMBER),
    invite: some(16, Role.ADMIN),
    update: some(8, Role.MEMBER),
    remove: some(4, Role.MEMBER),
    mute: Role.ROLE_UNSPECIFIED,
    pin: some(8, Role.MEMBER),
    mentionAll: some(2, Role.MEMBER),
    recallOthers: some(2, Role.OWNER),
    open: choice % 4 !== 0,
    hideHistory: choice % 3 !== 0,
    editSeconds: choice % 5 === 0 ? 10 : 0,
    recallSeconds: choice % 7 === 0 ? 10 : 0,
  }
}
