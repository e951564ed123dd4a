/**
 * What was seen from outside, and whether it keeps the promises: an acknowledged message is
 * in the log exactly once, and every member sees every message of others once and in order.
 */
export interface Entry {
  readonly conversationId: string
  readonly seq: number
  readonly from: string
  readonly clientMessageId: string
}

/** What a sender was told by SEND_ACK. */
export interface Acknowledged extends Entry {
  /** The client that sent it, if that is known: it is the only one of its user's that is not to see it. */
  readonly client?: string
}

/** What a client was told when the log was found to be another one (Y6): what it had past `fromSeq` is void. */
export interface Discontinuity {
  readonly conversationId: string
  readonly fromSeq: number
}

/** A client that should have seen a conversation's messages. */
export interface Watcher {
  readonly client: string
  readonly user: string
  /** It was there for everything past this seq; what it saw of before is in order all the same. 0 if not given. */
  readonly after?: number
  /** The same for messages of its own user's other clients; `after` if not given. */
  readonly ownAfter?: number
}

export interface History {
  readonly acked: readonly Acknowledged[]
  /** What each client was given, in the order it was given. */
  readonly received: ReadonlyMap<string, readonly (Entry | Discontinuity)[]>
  /** The log as read afterwards, by conversation, in ascending seq. */
  readonly log: ReadonlyMap<string, readonly Entry[]>
  readonly members: ReadonlyMap<string, readonly Watcher[]>
}

const nameOf = (entry: Entry) => `${entry.from}:${entry.clientMessageId}`
const show = (entry: Entry | undefined) => (entry ? `${nameOf(entry)} (${entry.seq})` : 'nothing')

/** Every breach of a promise, as a sentence each. */
export function breaches(history: History): string[] {
  return [...logBreaches(history), ...ackBreaches(history), ...receiverBreaches(history)]
}

function* logBreaches({ log }: History): Generator<string> {
  for (const [conversation, entries] of log) {
    const seen = new Set<string>()
    for (const [index, entry] of entries.entries()) {
      if (entry.seq !== index + 1) yield `${conversation}: the log has seq ${entry.seq} where ${index + 1} belongs`
      if (seen.has(nameOf(entry))) yield `${conversation}: the log has ${nameOf(entry)} twice`
      seen.add(nameOf(entry))
    }
  }
}

function* ackBreaches({ acked, log }: History): Generator<string> {
  for (const ack of acked) {
    const stored = log.get(ack.conversationId)?.[ack.seq - 1]
    if (!stored || nameOf(stored) !== nameOf(ack)) {
      yield `${ack.conversationId}: ${nameOf(ack)} was acknowledged at seq ${ack.seq}, where the log has ${stored ? nameOf(stored) : 'nothing'}`
    }
  }
}

function* receiverBreaches({ acked, received, log, members }: History): Generator<string> {
  const senders = new Map(acked.map((ack) => [nameOf(ack), ack.client]))
  for (const [conversation, watchers] of members) {
    const stored = log.get(conversation) ?? []
    for (const watcher of watchers) {
      // Where it is not known which of the user's clients sent a message, none is held to it.
      const isTold = (entry: Entry) => entry.from !== watcher.user || senders.get(nameOf(entry)) !== undefined
      const { seen, voidAfter } = whatHolds(received.get(watcher.client) ?? [], conversation)
      const due = stored.filter((entry) => isTold(entry) && (senders.get(nameOf(entry)) !== watcher.client || entry.seq > voidAfter))
      const mayMiss = (entry: Entry) => senders.get(nameOf(entry)) === watcher.client
      const breach = firstDifference(watcher, seen.filter(isTold), due, mayMiss)
      if (breach) yield `${conversation}: ${watcher.client} saw ${show(breach.was)} where ${show(breach.should)} was due`
    }
  }
}

/** What a client holds of a conversation in the end. Past `voidAfter` it was told everything anew, also what it had sent itself. */
function whatHolds(received: readonly (Entry | Discontinuity)[], conversation: string): { seen: Entry[]; voidAfter: number } {
  let seen: Entry[] = []
  let voidAfter = Number.POSITIVE_INFINITY
  for (const each of received) {
    if (each.conversationId !== conversation) continue
    if ('seq' in each) seen.push(each)
    else {
      seen = seen.filter(({ seq }) => seq <= each.fromSeq)
      voidAfter = Math.min(voidAfter, each.fromSeq)
    }
  }
  return { seen, voidAfter }
}

/** Walks both lists; what lies before the watcher's time may be missing until the first message it saw of another user. */
function firstDifference(
  { user, after = 0, ownAfter = after }: Watcher,
  seen: readonly Entry[],
  due: readonly Entry[],
  mayMiss: (entry: Entry) => boolean,
): { was: Entry | undefined; should: Entry | undefined } | undefined {
  let at = 0
  let begun = false
  for (const should of due) {
    const was = seen[at]
    const isOwn = should.from === user
    if (was && was.seq === should.seq && nameOf(was) === nameOf(should)) {
      at++
      begun ||= !isOwn
    } else if (!mayMiss(should) && should.seq > (isOwn ? ownAfter : begun ? 0 : after)) return { was, should }
  }
  return at < seen.length ? { was: seen[at], should: undefined } : undefined
}
