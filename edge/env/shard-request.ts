/**
 * What the Worker tells a shard of a request that it has checked. The shard believes these
 * headers, so whatever a client sent under the prefix goes first.
 */
const PREFIX = 'x-hawser-'

export const ShardHeader = {
  /** The user id of the token, percent-encoded: a header holds no other script than Latin. */
  USER: 'x-hawser-user',
  /** Milliseconds since 1970: when the token is no longer good. */
  EXPIRES_AT: 'x-hawser-expires-at',
  /** The address of the browser. */
  REMOTE: 'x-hawser-remote',
  /** The shard's own name. */
  SHARD: 'x-hawser-shard',
  /** The `sub` of a core's token. */
  CORE: 'x-hawser-core',
  /** The `jti` of a core's token. */
  TOKEN_ID: 'x-hawser-token-id',
} as const
export type ShardHeader = (typeof ShardHeader)[keyof typeof ShardHeader]

/** What a shard is asked before its runtime ends; no client's request gets there. */
export const DRAIN_PATH = '/drain'

/** The upgrade request for the shard: the client's own, with what the Worker says and without the token. */
export function shardRequest(request: Request, subprotocol: string, says: Partial<Record<ShardHeader, string>>): Request {
  const headers = new Headers(request.headers)
  for (const name of [...headers.keys()]) {
    if (name.startsWith(PREFIX)) headers.delete(name)
  }
  headers.delete('authorization')
  headers.set('sec-websocket-protocol', subprotocol)
  for (const [name, value] of Object.entries(says)) headers.set(name, value)
  return new Request(request, { headers })
}

/** Whether the request asks for a WebSocket. */
export function isUpgrade(request: Request): boolean {
  return request.headers.get('upgrade')?.toLowerCase() === 'websocket'
}
