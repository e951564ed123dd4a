/** What a client on the wire tells its load. */
export interface WireHandler {
  /** The server has answered for this many more of the client's messages. */
  acked(count: number): void
  /** A message has arrived; its content begins at `start`. */
  delivered(bytes: Uint8Array, start: number): void
}

/** A logged-in client, as bare as its protocol allows, so that the load costs less than the server. */
export interface WireClient {
  /** Sends ASCII content, of one length for the whole run, to another user. What it is given may be used again. */
  send(to: string, content: Uint8Array): void
  /** Makes the group in which users will meet; most servers have nothing to do for it. */
  found(group: string, users: readonly string[]): Promise<void>
  /** Resolves when what is published to the group comes to this client. */
  join(group: string): Promise<void>
  /** As `send`, to all members of a group but this one. */
  publish(group: string, content: Uint8Array): void
  /** What a client says from time to time so that the server keeps it; nothing where the server asks instead. */
  heartbeat(): void
  close(): void
}

/** Where a server is, and what else its clients must know. */
export interface Target {
  /** host:port */
  readonly address: string
  /** By the wire's own names, such as the key that signs tokens. */
  readonly settings: Readonly<Record<string, string>>
}

/** A protocol as the load speaks it. */
export interface Wire {
  open(target: Target, user: string, handler: WireHandler): Promise<WireClient>
  /** Undefined where the server keeps nothing for users who are away. */
  readonly returning?: Returning
}

/** Users who come back: what was sent while they were away is waiting for them. */
export interface Returning {
  /** Makes the user known, before anything is sent. */
  register(target: Target, user: string): Promise<void>
  /** As `open`; then everything that waits is delivered, from that sender and in order. */
  open(target: Target, user: string, from: string, handler: WireHandler): Promise<WireClient>
}
