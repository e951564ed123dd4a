import type { Message } from '../shared/gen/hawser.ts'

/** Messages kept in a conversation for the sake of the ones missing before them; what is past it is pulled later. */
export const MAX_HELD = 512

export interface InboxHandlers {
  /** Everything up to `seq` has arrived (R3). Before `show`. */
  arrived(conversationId: string, seq: number): void
  /** The next message of its conversation. */
  show(message: Message): void
  /** Messages are missing before one that came: pull them (R2). */
  hole(conversationId: string): void
  originOf(message: Message): Origin
}

/** Who sent a message: this very client, which learns of it by its acknowledgement and is shown none; its user on another device; another user. */
export type Origin = 'client' | 'user' | 'other'

interface Track {
  readonly conversationId: string
  /** The highest `seq` up to which everything is here. */
  cursor: number
  /** The user's own messages up to here are from before the first login and not shown. */
  quietUpTo: number
  /** Set by `begin`: the cursor is known, not just 0 for the lack of anything better. */
  begun: boolean
  /** The highest `seq` that a push has shown to exist. */
  pushed: number
  /** Pushes past the cursor, by `seq`. */
  readonly held: Map<number, Message>
  /** This client's own messages past the cursor. */
  readonly own: Set<number>
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

  /** R6: pushes are held from now on until `release`. Those held before are in the log for the sync to find. */
  hold(): void {
    this.#holding = true
    for (const track of this.#tracks.values()) {
      track.held.clear()
      track.pushed = track.cursor
    }
  }

  release(): void {
    this.#holding = false
    for (const track of this.#tracks.values()) {
      track.begun = true
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

  /** Where a conversation begins for this client; what was pushed already counts as new. A known one is let be. */
  begin(conversationId: string, cursor: number, quietUpTo: number): void {
    const track = this.#track(conversationId)
    if (track.begun) return
    const beforePushes = Math.min(...track.held.keys()) - 1
    track.cursor = Math.min(cursor, beforePushes)
    track.quietUpTo = Math.min(quietUpTo, beforePushes)
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
      this.#handlers.arrived(track.conversationId, track.cursor) // it came again because the ack had not: R3
    } else {
      this.#advance(track, message)
      this.#drain(track)
    }
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
    for (const seq of track.own) if (seq <= track.cursor) track.own.delete(seq)
    this.#drain(track)
  }

  /** This client's own message has its place: it is here, without having been delivered (R1). */
  own(conversationId: string, seq: number): void {
    const track = this.#track(conversationId)
    if (seq <= track.cursor) return
    track.own.add(seq)
    if (!this.#holding) this.#drain(track)
  }

  #track(conversationId: string): Track {
    let track = this.#tracks.get(conversationId)
    if (!track) {
      track = { conversationId, cursor: 0, quietUpTo: 0, begun: !this.#holding, pushed: 0, held: new Map(), own: new Set() }
      this.#tracks.set(conversationId, track)
    }
    return track
  }

  #drain(track: Track): void {
    for (;;) {
      const next = track.cursor + 1
      const message = track.held.get(next)
      if (message) {
        track.held.delete(next)
        this.#advance(track, message)
        if (track.cursor < next) return
      } else if (track.own.delete(next)) {
        track.cursor = next
      } else {
        return
      }
    }
  }

  #advance(track: Track, message: Message): void {
    if (this.#stopped) return
    const { seq } = message
    const origin = track.own.delete(seq) ? 'client' : this.#handlers.originOf(message)
    const shown = origin === 'other' || (origin === 'user' && seq > track.quietUpTo)
    track.cursor = seq
    this.#handlers.arrived(track.conversationId, seq)
    if (shown) this.#handlers.show(message)
  }
}
