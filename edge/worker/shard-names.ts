import { parseShards, type ShardGroup, shardName } from '../../shared/shards.ts'
import type { Env, Settings } from '../env/env.ts'
import { Refusal } from '../env/refusal.ts'
import { nearestGroup } from './region.ts'
import { shardIndexOf } from './rendezvous.ts'

let cached: { readonly setting: string; readonly groups: readonly ShardGroup[] } | undefined

/** The shard for a user's socket: of the region nearest to the browser the one that the user's id says. */
export function shardOfUser(env: Env, userId: string, request: Request): DurableObjectStub {
  const group = nearestGroup(groupsOf(env), request.cf as IncomingRequestCfProperties | undefined)
  return stubOf(env, group, shardIndexOf(userId, group.count))
}

/** The shard of that name, which a core dials; undefined if there is none. */
export function shardOfName(env: Env, name: string): DurableObjectStub | undefined {
  const [, region, index] = /^(?:([a-z]+)-|s)(0|[1-9]\d{0,3})$/.exec(name) ?? []
  const group = groupsOf(env).find((each) => each.region === region)
  return group && index !== undefined && Number(index) < group.count ? stubOf(env, group, Number(index)) : undefined
}

export function everyShard(env: Env): DurableObjectStub[] {
  return groupsOf(env).flatMap((group) => Array.from({ length: group.count }, (_, index) => stubOf(env, group, index)))
}

/** Where the object is placed is decided by whoever speaks to it first. */
function stubOf(env: Env, group: ShardGroup, index: number): DurableObjectStub {
  const name = shardName(group, index)
  return group.region ? env.SHARD.getByName(name, { locationHint: group.region }) : env.SHARD.getByName(name)
}

function groupsOf(env: Settings): readonly ShardGroup[] {
  const setting = env.SHARDS || '1'
  if (cached?.setting !== setting) {
    try {
      cached = { setting, groups: parseShards(setting) }
    } catch (cause) {
      throw new Refusal(503, 'not_configured', `SHARDS is "${setting}"; ${(cause as Error).message}.`, { cause })
    }
  }
  return cached.groups
}
