/** What may come before a peer's first frame. */
export type Handshake = 'tls' | 'proxy'
