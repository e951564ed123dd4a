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

export interface History {
  /** What senders were told by SEND_ACK. */
  readonly acked: readonly Entry[]
  /** What each client was given, in the order it was given. */
  readonly received: ReadonlyMap<string, readonly Entry[]>
  /** The log as read afterwards, by conversation, in ascending seq. */
  readonly log: ReadonlyMap<string, readonly Entry[]>
  /** Which clients should have seen a conversation's messages, and as which user. */
  readonly members: ReadonlyMap<string, readonly { readonly client: string; readonly user: string }[]>
}

const nameOf = (entry: Entry) => `${entry.from}:${entry.clientMessageId}`

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

function* receiverBreaches({ received, log, members }: History): Generator<string> {
  for (const [conversation, watchers] of members) {
    for (const { client, user } of watchers) {
      const seen = (received.get(client) ?? []).filter((entry) => entry.conversationId === conversation && entry.from !== user)
      const due = (log.get(conversation) ?? []).filter((entry) => entry.from !== user)
      for (let i = 0; i < Math.max(seen.length, due.length); i++) {
        const [was, should] = [seen[i], due[i]]
        if (was && should && was.seq === should.seq && nameOf(was) === nameOf(should)) continue
        yield `${conversation}: ${client} saw ${was ? `${nameOf(was)} (${was.seq})` : 'nothing'} where ${should ? `${nameOf(should)} (${should.seq})` : 'nothing'} was due`
        break
      }
    }
  }
}
