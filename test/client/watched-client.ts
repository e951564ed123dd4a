import {
  type ChatMessage,
  type Client,
  type ClientEvents,
  type ClientOptions,
  type ClientState,
  type ClosedReason,
  type ConversationChange,
  connect,
} from '../../client/node.ts'

/** A client that writes down what it tells, and closes at the end of the test. */
export class WatchedClient implements AsyncDisposable {
  readonly client: Client
  readonly messages: ChatMessage[] = []
  readonly changes: ConversationChange[] = []
  readonly states: ClientState[] = []
  readonly closed: Promise<ClosedReason>

  constructor(url: string, options: Partial<ClientOptions> = {}) {
    this.client = connect(url, { token: 'token', backoff: { baseMs: 1, maxMs: 2 }, ...options })
    this.client.on('message', (message) => this.messages.push(message))
    this.client.on('change', (change) => this.changes.push(change))
    this.client.on('state', (state) => this.states.push(state))
    this.closed = this.next('closed')
  }

  get seqs(): number[] {
    return this.messages.map(({ seq }) => seq)
  }

  next<E extends keyof ClientEvents>(event: E, matches: (value: ClientEvents[E]) => boolean = () => true): Promise<ClientEvents[E]> {
    return new Promise((resolve) => {
      const off = this.client.on(event, (value) => {
        if (!matches(value)) return
        off()
        resolve(value)
      })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The scripted server answers no LOGOUT: it is gone before, or the socket is cut.
    await this.client.close()
  }
}
