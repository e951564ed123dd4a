import { type ReadonlySignal, signal } from '@preact/signals'
import { type AudienceName, type Change, type Client, PresenceAudience } from 'hawser'
import { ofBrowser } from './kept.ts'

/** What the user says about himself, and to whom (docs/PROTOCOL.md, P4). */
export interface StatusSaid {
  readonly text: string
  readonly audience: AudienceName
}

const AUDIENCES = {
  [PresenceAudience.KNOWN]: 'known',
  [PresenceAudience.CONTACTS]: 'contacts',
  [PresenceAudience.NOBODY]: 'nobody',
} as const

/** The server tells others of it, and the user's own devices when it changes; this browser remembers it. */
export class OwnStatus {
  readonly #client: Client
  readonly #key: string
  readonly #said = signal<StatusSaid>({ text: '', audience: 'known' })
  readonly said: ReadonlySignal<StatusSaid> = this.#said

  constructor(client: Client, self: string) {
    this.#client = client
    this.#key = `hawser.status.${self}`
    const kept = ofBrowser.read<StatusSaid>(this.#key)
    if (kept) this.#said.value = kept
  }

  async say(status: StatusSaid): Promise<void> {
    await this.#client.setStatus(status)
    this.#keep(status)
  }

  heard({ text, audience }: NonNullable<Change['status']>): void {
    const before = this.#said.peek()
    this.#keep({ text: text ?? before.text, audience: audience === undefined ? before.audience : AUDIENCES[audience] })
  }

  #keep(status: StatusSaid): void {
    this.#said.value = status
    ofBrowser.write(this.#key, status)
  }
}
