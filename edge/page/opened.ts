import { signal } from '@preact/signals'
import type { ConversationChange, ConversationHandle } from 'hawser'
import { afterChange, seqConcerned } from './aftermath.ts'
import { Composing } from './composing.ts'
import { lifetimeOf } from './expiry.ts'
import { Members } from './members.ts'
import { Pins } from './pins.ts'
import { Quotes } from './quotes.ts'
import { Receipts } from './receipts.ts'
import type { StoredMessage } from './stored-message.ts'
import { Thread } from './thread.ts'
import { Timeline } from './timeline.ts'

/** What there is of a conversation once it was opened. */
export class Opened {
  readonly handle: ConversationHandle
  readonly timeline: Timeline
  readonly quotes: Quotes
  readonly pins: Pins
  readonly members: Members
  readonly receipts: Receipts
  readonly composing = new Composing()
  /** How long a message sent from here lasts, in milliseconds; 0 for as long as the log. */
  readonly lifetime = signal(0)
  readonly #self: string
  /** The one that was shown last. */
  #thread: Thread | undefined

  constructor(handle: ConversationHandle, self: string) {
    this.#self = self
    this.handle = handle
    this.timeline = new Timeline(handle)
    this.quotes = new Quotes(handle)
    this.pins = new Pins(handle)
    this.members = new Members(handle)
    this.receipts = new Receipts(handle)
    this.lifetime.value = lifetimeOf(handle.id)
  }

  /** What comes besides the pages; again after each login, for it may have changed meanwhile. */
  refresh(): void {
    this.pins.refresh().catch(ignoreUntilOnline)
    this.members.changed()
    void this.#thread?.load()
  }

  /** A message of the conversation, asked for where it is not here; may be called while rendering. Null: it is gone, or not for this user. */
  message(seq: number): StoredMessage | null | undefined {
    const here = this.timeline.find(seq)
    if (!here) this.quotes.want(seq)
    return here ?? this.quotes.known.value.get(seq)
  }

  /** What was said under a message. */
  thread(root: number): Thread {
    if (this.#thread?.root !== root) this.#thread = new Thread(this.handle, root)
    return this.#thread
  }

  /** An entry that was delivered or acknowledged here. */
  add(entry: StoredMessage, isUnread: boolean): void {
    this.timeline.add(entry, isUnread)
    this.#thread?.add(entry)
  }

  /** All up to `seq` was cleared. */
  clear(seq: number): void {
    this.timeline.clear(seq)
    this.#thread = undefined
  }

  changed(done: ConversationChange, asEntry: StoredMessage): void {
    this.add(asEntry, false)
    const seq = seqConcerned(done)
    if (seq === undefined) return this.members.changed()
    const change = (message: StoredMessage) => afterChange(message, done, this.#self)
    this.timeline.update(seq, change)
    this.#thread?.update(seq, change)
    this.quotes.update(seq, change)
    this.pins.update(seq, change)
    if (done.change.pin || done.change.recall) this.pins.refresh().catch(ignoreUntilOnline)
  }
}

/** The next login refreshes. */
function ignoreUntilOnline(): void {}
