import { directConversationId } from '../../../shared/conversation-id.ts'
import { type Answer, Direction } from '../../../shared/gen/hawser.ts'
import type { LogUnderTest } from './log-under-test.ts'
import type { Model } from './model.ts'
import { same } from './same.ts'
import type { Cast } from './steps.ts'
import { ModelView, relations, seen } from './views.ts'

const PAST_THE_END = 3

/** Holds every user's view, by every read there is, against the model. Throws what differs. */
export function compareViews(log: LogUnderTest, model: Model, cast: Cast): void {
  for (const user of cast.users) {
    compareList(log, model, user)
    for (const id of model.conversations.keys()) compareConversation(log, model, user, id)
    compareSearch(log, model, user)
    const answer = asked(log.query(user, { relations: { cursor: '' } }))
    const expected = relations(model, user, cast.users, (other) => directConversationId(user, other))
    same(byUser(answer.relations?.relations), byUser(expected), `relations of ${user}`)
  }
}

function compareList(log: LogUnderTest, model: Model, user: string): void {
  const expected = [...model.conversations.keys()].flatMap((id) => ModelView.of(model, user, id)?.summary() ?? [])
  const actual = log.list(user).map(({ lastMessage, epoch: _, digest: __, ...rest }) => ({
    ...rest,
    lastMessage: lastMessage && seen(lastMessage),
  }))
  const byId = (a: { conversationId: string }, b: { conversationId: string }) => (a.conversationId < b.conversationId ? -1 : 1)
  same(actual.sort(byId), expected.sort(byId), `list of ${user}`)
}

/** Nobody finds what he may not read, and everybody finds all that he may. */
function compareSearch(log: LogUnderTest, model: Model, user: string): void {
  for (const text of ['text', 'edit']) {
    const found: string[] = []
    let cursor = ''
    do {
      const query = { text, conversationId: '', sender: '', sentFrom: 0, sentBefore: 0, cursor, limit: 3 }
      const page = asked(log.query(user, { search: query })).messages
      found.push(...(page?.messages ?? []).map(({ conversationId, content }) => `${conversationId} ${Buffer.from(content).toString()}`))
      cursor = page?.nextCursor ?? ''
    } while (cursor !== '')
    const expected = [...model.conversations.keys()].flatMap((id) =>
      (ModelView.of(model, user, id)?.messages() ?? [])
        .filter(({ content }) => content.startsWith(text))
        .map(({ content }) => `${id} ${content}`),
    )
    same(found.sort(), expected.sort(), `search of ${user} for "${text}"`)
  }
}

function compareConversation(log: LogUnderTest, model: Model, user: string, id: string): void {
  const view = ModelView.of(model, user, id)
  const where = `of ${id} for ${user}`
  const current = view?.isMember ? view : undefined
  comparePages(log, user, id, view)
  const all = model.conversation(id)?.entries.length ?? 0
  const seqs = Array.from({ length: all + PAST_THE_END }, (_, i) => i)
  const messages = log.query(user, { messages: { conversationId: id, seqs } })
  const pins = log.query(user, { pins: { conversationId: id } })
  const group = log.query(user, { group: { conversationId: id } })
  const members = log.query(user, { members: { conversationId: id, cursor: '', limit: 2 } })
  if (!view && !(all === 0 && id.startsWith('dm/'))) {
    for (const answer of [messages, pins, group, members]) same(answer, 'conversation_unknown', `a query ${where}`)
  }
  if (view) {
    same(asked(messages).messages?.messages.map(seen), view.messages(), `single messages ${where}`)
    same(asked(pins).messages?.messages.map(seen), view.pins(), `pins ${where}`)
    if (current && id.startsWith('group/')) {
      same(asked(group).group, current.group(), `group ${where}`)
      same(byUser(allMembers(log, user, id)), byUser(current.members()), `members ${where}`)
    } else same(group, 'conversation_unknown', `group ${where}`)
  }
  // Of what is refused as a whole, one message says it.
  const each = view?.isMember ? seqs : seqs.slice(0, 2)
  if (all > 0) for (const seq of each) compareMessage(log, user, id, seq, view)
}

function compareMessage(log: LogUnderTest, user: string, id: string, seq: number, view: ModelView | undefined): void {
  const where = `of ${seq} in ${id} for ${user}`
  const entry = view?.isMember ? view.entries.find((entry) => entry.seq === seq && !entry.change) : undefined
  const refused = view?.isMember ? 'message_unknown' : 'conversation_unknown'
  const readers = log.query(user, { readers: { conversationId: id, seq, cursor: '', limit: 0 } })
  if (!entry || !view) same(readers, refused, `readers ${where}`)
  else {
    const { nextCursor: _, readers: list = [], ...counts } = asked(readers).readers ?? { nextCursor: '' }
    const { readers: expected, ...expectedCounts } = view.readers(entry)
    same(counts, expectedCounts, `readers ${where}`)
    same(byUser(list), byUser(expected), `readers ${where}`)
  }
  for (const key of ['+', '-']) {
    const reactors = log.query(user, { reactors: { conversationId: id, seq, key, cursor: '', limit: 0 } })
    const isThere = entry && !entry.recalled && !entry.expired
    if (!isThere) same(reactors, refused, `reactors ${where}`)
    else same(asked(reactors).reactors?.users.sort(), [...(entry.reactions.get(key) ?? [])].sort(), `reactors ${where}`)
  }
  if (!view || seq === 0) return
  const thread = asked(log.query(user, { thread: { conversationId: id, thread: seq, fromSeq: 0, limit: 0 } }))
  same(thread.messages?.messages.map(seen), view.thread(seq), `thread ${where}`)
  const first = asked(log.query(user, { thread: { conversationId: id, thread: seq, fromSeq: 0, limit: 1 } }))
  const more = view.thread(seq).length > 1
  same(first.messages?.nextCursor, more ? String(view.thread(seq)[0]?.seq) : '', `cursor of thread ${where}`)
}

/** The whole of it either way, in pages of a few. */
function comparePages(log: LogUnderTest, user: string, id: string, view: ModelView | undefined): void {
  for (const direction of [Direction.FORWARD, Direction.BACKWARD]) {
    const where = `page ${direction === Direction.FORWARD ? 'forward' : 'backward'} of ${id} for ${user}`
    const found = []
    let fromSeq = 0
    for (;;) {
      const page = log.page(user, id, direction, fromSeq, 4)
      if (!view) {
        if (page) same(page.messages, [], where)
        break
      }
      same(page?.lastSeq, view.lastSeq, where)
      const messages = page?.messages ?? []
      if (direction === Direction.FORWARD) found.push(...messages)
      else found.unshift(...messages)
      const end = direction === Direction.FORWARD ? messages.at(-1) : messages[0]
      if (!page?.more || !end) break
      fromSeq = end.seq
    }
    same(found.map(seen), view?.messages() ?? [], where)
  }
}

function allMembers(log: LogUnderTest, user: string, conversationId: string) {
  const found = []
  let cursor = ''
  do {
    const page = asked(log.query(user, { members: { conversationId, cursor, limit: 2 } })).members
    found.push(...(page?.members ?? []))
    cursor = page?.nextCursor ?? ''
  } while (cursor !== '')
  return found
}

function asked(answer: Answer | string): Answer {
  if (typeof answer === 'string') throw new Error(`a query was refused with ${answer}`)
  return answer
}

const byUser = <T extends { userId: string }>(rows: readonly T[] = []) => [...rows].sort((a, b) => (a.userId < b.userId ? -1 : 1))
