import type { Region, ShardGroup } from '../../shared/shards.ts'

/** About where the objects of a region are, in degrees north and east. */
const PLACES: Readonly<Record<Region, readonly [latitude: number, longitude: number]>> = {
  wnam: [39, -120],
  enam: [40, -77],
  sam: [-20, -48],
  weur: [50, 4],
  eeur: [51, 22],
  apac: [20, 112],
  oc: [-33, 150],
  afr: [-15, 27],
  me: [25, 52],
}

/** Of the groups of shards the one nearest to where a request came from; the first if that is not known. */
export function nearestGroup(groups: readonly ShardGroup[], from: { latitude?: unknown; longitude?: unknown } | undefined): ShardGroup {
  const [first] = groups as [ShardGroup]
  const [latitude, longitude] = [Number(from?.latitude ?? Number.NaN), Number(from?.longitude ?? Number.NaN)]
  if (groups.length === 1 || Number.isNaN(latitude + longitude)) return first
  let nearest = first
  let best = Number.NEGATIVE_INFINITY
  for (const group of groups) {
    const closeness = group.region ? cosineBetween([latitude, longitude], PLACES[group.region]) : 0
    if (closeness > best) {
      nearest = group
      best = closeness
    }
  }
  return nearest
}

/** The cosine of the angle between two places on the globe: the larger, the nearer. */
function cosineBetween([latitudeA, longitudeA]: readonly [number, number], [latitudeB, longitudeB]: readonly [number, number]): number {
  const [a, b, across] = [latitudeA, latitudeB, longitudeA - longitudeB].map((degrees) => (degrees * Math.PI) / 180) as [
    number,
    number,
    number,
  ]
  return Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(across)
}
