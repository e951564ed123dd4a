/** Where Cloudflare can be asked to place a shard. */
export const REGIONS = ['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'] as const
export type Region = (typeof REGIONS)[number]

/** The bridge shards of one region, or all where no regions are named. */
export interface ShardGroup {
  readonly region: Region | undefined
  readonly count: number
}

export const MAX_SHARDS = 1024

/** Reads the setting of core and edge: "4", or "weur:2,enam:4". Throws an Error that says what it should be. */
export function parseShards(setting: string): ShardGroup[] {
  const groups = setting.split(',').map((entry): ShardGroup => {
    const [, region, count] = /^(?:([a-z]+):)?(\d{1,4})$/.exec(entry.trim()) ?? []
    if (region !== undefined && !isRegion(region)) throw new Error(`"${region}" is none of the regions ${REGIONS.join(', ')}`)
    return { region, count: Number(count) }
  })
  const total = groups.reduce((sum, { count }) => sum + count, 0)
  if (!groups.every(({ count }) => count >= 1) || !(total <= MAX_SHARDS)) {
    throw new Error(`it is a whole number from 1 to ${MAX_SHARDS}, or one for each region, as in weur:2,enam:4`)
  }
  const regions = new Set(groups.map(({ region }) => region))
  if (regions.size < groups.length || (regions.has(undefined) && groups.length > 1)) {
    throw new Error('each number has a region of its own, as in weur:2,enam:4')
  }
  return groups
}

/** `s0`, `s1` and so on, or `weur-0`, `weur-1`. */
export function shardName({ region }: ShardGroup, index: number): string {
  return region === undefined ? `s${index}` : `${region}-${index}`
}

export function shardNames(groups: readonly ShardGroup[]): string[] {
  return groups.flatMap((group) => Array.from({ length: group.count }, (_, index) => shardName(group, index)))
}

function isRegion(name: string): name is Region {
  return (REGIONS as readonly string[]).includes(name)
}
