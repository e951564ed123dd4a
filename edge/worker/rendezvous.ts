/**
 * Which of the shards a user's sockets go to: the one with the highest score (rendezvous
 * hashing), so that one shard more takes over its own share of the users and moves no other.
 */
export function shardIndexOf(userId: string, shards: number): number {
  const user = fnv1a(userId)
  let best = 0
  let bestScore = -1
  for (let index = 0; index < shards; index++) {
    const score = mix(user ^ mix(index + 1))
    if (score > bestScore) {
      best = index
      bestScore = score
    }
  }
  return best
}

/** FNV-1a over UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}

/** The finalizer of MurmurHash3: each bit of the input moves half the bits of the output. */
function mix(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
