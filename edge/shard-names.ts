import type { Settings } from './env.ts'
import { Refusal } from './refusal.ts'
import { shardIndexOf } from './rendezvous.ts'

const MAX_SHARDS = 1024

/** The shards are `s0`, `s1` and so on; a core dials each (docs/PROTOCOL.md, "Uplink"). */
export function shardOfUser(env: Settings, userId: string): string {
  return `s${shardIndexOf(userId, shardCount(env))}`
}

export function isShardName(env: Settings, name: string): boolean {
  return /^s(0|[1-9]\d*)$/.test(name) && Number(name.slice(1)) < shardCount(env)
}

function shardCount(env: Settings): number {
  const count = Number(env.SHARDS || 1)
  if (!Number.isInteger(count) || count < 1 || count > MAX_SHARDS) {
    throw new Refusal(503, 'not_configured', `SHARDS is "${env.SHARDS}"; it is a whole number from 1 to ${MAX_SHARDS}.`)
  }
  return count
}
