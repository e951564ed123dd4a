import type { Conversation, Message, Page } from '../shared/gen/hawser.ts'

/** Messages kept in a conversation for the sake of the ones missing before them; what is past it is pulled later. */
export const MAX_HELD = 512

export interface InboxHandlers {
  /** Everything up to `seq` has arrived (R3), the last of it with so many bytes. Before `show`. */
  arrived(conversationId: string, seq: number, bytes: number): void
  /** The next entry of its conversation. */
  show(message: Message): void
  /** Messages are missing before one that came: pull them (R2). */
  hole(conversationId: string): void
  originOf(message: Message): Origin
  /** The log is not what it was: what came past `fromSeq` is void, and messages follow from there (Y6). */
  discontinuity(conversationId: string, fromSeq: number): void
}

/** Who sent a message: this very client, which learns of it by its acknowledgement and is shown none; its user on another device; another user. */
export type Origin = 'client' | 'user' | 'other'

interface OwnEntry {
  readonly digest: number
  /** A change, which is shown where it stands; a message of its own the application has. */
  readonly change: Message | undefined
}

interface Track {
  readonly conversationId: string
  /** The highest `seq` up to which everything is here. */
  cursor: number
  /** Which history this is, and its digest at the cursor (Y6); 0 as long as it is not known. */
  epoch: number
  digest: number
  /** The user's own messages up to here are from before the first login and not shown. */
  quietUpTo: number
  /** Set by `begin`: the cursor is known, not just 0 for the lack of anything better. */
  begun: boolean
  /** The highest `seq` that a push has shown to exist. */
  pushed: number
  /** The highest `seq` that was told as arrived; 0 for none. */
  arrived: number
  /** Pushes past the cursor, by `seq`. */
  readonly held: Map<number, Message>
  /** This client's own entries past the cursor, by `seq`. */
  readonly own: Map<number, OwnEntry>
  /** Those of before the sync that runs: what it does not find is of a history that is no more. */
  formerOwn: Set<number>
}

/**
 * Puts what arrives, twice, late or with holes, into one order: every message of a conversation
 * once, by `seq` (R2). No network here: it says by its handlers what to show, acknowledge and pull.
 */
export class Inbox {
  readonly #handlers: InboxHandlers
  readonly #tracks = new Map<string, Track>()
  #holding = true
  #stopped = false

  constructor(handlers: InboxHandlers) {
    this.#handlers = handlers
  }

  cursorOf(conversationId: string): number {
    return this.#tracks.get(conversationId)?.cursor ?? 0
  }

  /** What a pull tells the server of this client's position (Y6). */
  standing(conversationId: string): { fromSeq: number; epoch: number; digest: number } {
    const { cursor = 0, epoch = 0, digest = 0 } = this.#tracks.get(conversationId) ?? {}
    return { fromSeq: cursor, epoch, digest }
  }

  /** Whether all of a listed conversation is here, and is what the log has (Y6). */
  isCurrent({ conversationId, lastSeq, epoch, digest }: Conversation): boolean {
    const track = this.#tracks.get(conversationId)
    if (!track) return lastSeq === 0
    track.epoch ||= epoch
    return track.cursor === lastSeq && track.epoch === epoch && (track.digest === 0 || digest === 0 || track.digest === digest)
  }

  /** Up to where a conversation has arrived that the list does not know as delivered: the acknowledgement was lost (R3). 0 for nothing. */
  owedTo(listed: Conversation): number {
    const { arrived = 0 } = this.#tracks.get(listed.conversationId) ?? {}
    return !this.#stopped && arrived > listed.deliveredSeq && this.isCurrent(listed) ? arrived : 0
  }

  /** The conversations of which something is here, or was in the log once. */
  *known(): Generator<string> {
    for (const { conversationId, cursor, epoch } of this.#tracks.values()) if (cursor > 0 || epoch > 0) yield conversationId
  }

  /** A message was pushed, and not for keeping until `release`, that cannot be shown yet. */
  isBehind(conversationId: string): boolean {
    const track = this.#tracks.get(conversationId)
    return !this.#holding && track !== undefined && track.pushed > track.cursor
  }

  /** Something was pushed in a conversation for which `begin` was not called. */
  hasStrangers(): boolean {
    for (const track of this.#tracks.values()) if (!track.begun) return true
    return false
  }

  /** Something up to `seq` exists in a conversation. Says whether it still has to `begin`; until then nothing of it is pulled. */
  awaits(conversationId: string, seq: number): boolean {
    const track = this.#track(conversationId)
    if (track.begun) return false
    track.pushed = Math.max(track.pushed, seq)
    return true
  }

  /** R6: pushes are held from now on until `release`. Those held before are in the log for the sync to find. */
  hold(): void {
    this.#holding = true
    for (const track of this.#tracks.values()) {
      track.held.clear()
      track.pushed = track.cursor
      track.formerOwn = new Set(track.own.keys())
    }
  }

  release(): void {
    this.#holding = false
    for (const track of this.#tracks.values()) {
      track.begun = true
      for (const seq of track.formerOwn) if (seq > track.cursor) track.own.delete(seq)
      track.formerOwn.clear()
      this.settle(track.conversationId)
      if (track.pushed > track.cursor) this.#handlers.hole(track.conversationId)
    }
  }

  /** Nothing is shown or acknowledged from now on. */
  stop(): void {
    this.#stopped = true
  }

  resume(): void {
    this.#stopped = false
  }

  /** Where a conversation begins for this client; what was pushed or done already counts as new. A known one is let be. */
  begin(conversationId: string, cursor: number, quietUpTo: number): void {
    const track = this.#track(conversationId)
    if (track.begun) return
    const done = [...track.own].flatMap(([seq, { change }]) => (change ? seq : []))
    const beforeNew = Math.min(...track.held.keys(), ...done) - 1
    track.cursor = Math.min(cursor, beforeNew)
    track.quietUpTo = Math.min(quietUpTo, beforeNew)
    track.begun = true
  }

  /** A DELIVER. */
  push(message: Message): void {
    if (this.#stopped) return
    const track = this.#track(message.conversationId)
    const { seq } = message
    if (seq > track.pushed) track.pushed = seq
    if (this.#holding || seq > track.cursor + 1) {
      if (track.held.size < MAX_HELD) track.held.set(seq, message)
      if (!this.#holding) this.#handlers.hole(message.conversationId)
    } else if (seq <= track.cursor) {
      this.#arrived(track, track.cursor, message.content.length) // it came again because the ack had not: R3
    } else {
      this.#advance(track, message)
      this.#drain(track)
    }
  }

  /** What is up to `seq` is not for this user (Y8): the conversation goes on from there. */
  pass(conversationId: string, seq: number): void {
    const track = this.#track(conversationId)
    if (seq <= track.cursor) return
    track.cursor = seq
    track.digest = 0
    track.pushed = Math.max(track.pushed, seq)
    this.settle(conversationId)
  }

  /** A page of a pull, before its messages: where it begins, and of which history it is (Y6). */
  turn(page: Page): void {
    const track = this.#track(page.conversationId)
    track.epoch = page.epoch
    if (!page.discontinuity) return this.pass(page.conversationId, page.fromSeq)
    if (page.fromSeq !== track.cursor) track.digest = 0
    track.cursor = page.fromSeq
    track.quietUpTo = Math.min(track.quietUpTo, page.fromSeq)
    track.own.clear()
    track.pushed = Math.max(page.fromSeq, ...track.held.keys())
    this.#handlers.discontinuity(track.conversationId, page.fromSeq)
  }

  /** A message of a page that begins at the cursor. What lies before it and did not come is in the log no more. */
  fill(message: Message): void {
    const track = this.#track(message.conversationId)
    if (message.seq > track.cursor) this.#advance(track, message)
  }

  /** After the last page: what was held goes on from there. */
  settle(conversationId: string): void {
    if (this.#holding) return
    const track = this.#track(conversationId)
    for (const seq of track.held.keys()) if (seq <= track.cursor) track.held.delete(seq)
    for (const seq of track.own.keys()) if (seq <= track.cursor) track.own.delete(seq)
    this.#drain(track)
  }

  /** What this client sent has its place: it is here, without having been delivered (R1). `change` is shown in its turn. */
  own(conversationId: string, seq: number, digest: number, change?: Message): void {
    const track = this.#track(conversationId)
    if (seq <= track.cursor) return
    track.own.set(seq, { digest, change })
    track.formerOwn.delete(seq)
    if (this.#holding) return
    this.#drain(track)
    // Whoever joins has all of before to pull, and nothing else shows it.
    if (track.cursor < seq) this.#handlers.hole(conversationId)
  }

  #track(conversationId: string): Track {
    let track = this.#tracks.get(conversationId)
    if (!track) {
      track = {
        conversationId,
        cursor: 0,
        epoch: 0,
        digest: 0,
        quietUpTo: 0,
        begun: !this.#holding,
        pushed: 0,
        arrived: 0,
        held: new Map(),
        own: new Map(),
        formerOwn: new Set(),
      }
      this.#tracks.set(conversationId, track)
    }
    return track
  }

  #drain(track: Track): void {
    for (;;) {
      const next = track.cursor + 1
      const message = track.held.get(next)
      const own = track.own.get(next)
      if (message) {
        track.held.delete(next)
        this.#advance(track, message)
        if (track.cursor < next) return
      } else if (own && !this.#stopped) {
        track.own.delete(next)
        track.cursor = next
        track.digest = own.digest
        if (own.change) this.#handlers.show(own.change)
      } else {
        return
      }
    }
  }

  #arrived(track: Track, seq: number, bytes: number): void {
    track.arrived = seq
    this.#handlers.arrived(track.conversationId, seq, bytes)
  }

  #advance(track: Track, message: Message): void {
    if (this.#stopped) return
    const { seq } = message
    const own = track.own.get(seq)
    track.own.delete(seq)
    // What was acknowledged at this place of another history is another message (Y6).
    const isOwn = own && (own.digest === message.digest || own.digest === 0 || message.digest === 0)
    const origin = isOwn ? 'client' : this.#handlers.originOf(message)
    const shown = origin === 'other' || (origin === 'user' && seq > track.quietUpTo) || (origin === 'client' && message.change)
    track.cursor = seq
    track.digest = message.digest
    this.#arrived(track, seq, message.content.length)
    if (shown) this.#handlers.show(message)
  }
}
