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

/** What there is of a conversation once it was opened. */
export class Opened {
  readonly handle: ConversationHandle
  readonly thread: Thread
  readonly quotes: Quotes
  readonly pins: Pins
  readonly members: Members
  readonly receipts: Receipts
  readonly composing = new Composing()
  /** How long a message sent from here lasts, in milliseconds; 0 for as long as the log. */
  readonly lifetime = signal(0)
  readonly #self: string

  constructor(handle: ConversationHandle, self: string) {
    this.#self = self
    this.handle = handle
    this.thread = new Thread(handle)
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
  }

  changed(done: ConversationChange, asEntry: StoredMessage): void {
    this.thread.add(asEntry, false)
    const seq = seqConcerned(done)
    if (seq === undefined) return this.members.changed()
    const change = (message: StoredMessage) => afterChange(message, done, this.#self)
    this.thread.update(seq, change)
    this.quotes.update(seq, change)
    this.pins.update(seq, change)
    if (done.change.pin || done.change.recall) this.pins.refresh().catch(ignoreUntilOnline)
  }
}

/** The next login refreshes. */
function ignoreUntilOnline(): void {}
