import { forTerminal } from '../shared/foreign-text.ts'
import { ADMIN_FLAGS, adminRequest } from './admin.ts'
import { noWords, readFlags } from './flags.ts'
import { print } from './output.ts'
import { table } from './table.ts'

export const EDGE_STATUS_FLAGS = { ...ADMIN_FLAGS } as const

/** An uplink as the admin door shows it. */
interface Uplink {
  readonly shard: string
  readonly state: 'up' | 'down'
  readonly why: string
  readonly generation: number
  readonly owner: boolean
  readonly browsers: number
  readonly wakes: number
  readonly bufferedBytes: number
}

/** `hawser edge status`: the shards as a running core sees them. */
export async function edgeStatus(args: readonly string[]): Promise<void> {
  const { values, words } = readFlags(args, EDGE_STATUS_FLAGS)
  noWords(words)
  const { edge, uplinks } = await adminRequest<{ edge: string; uplinks: Uplink[] }>(values, '/edge')
  if (uplinks.length === 0) return print('this core has no edge: HAWSER_EDGE is not set')
  const rows = uplinks.map((uplink) => [
    uplink.shard,
    uplink.state,
    uplink.state === 'down' ? '-' : uplink.owner ? 'owner' : 'standby',
    uplink.browsers,
    uplink.wakes,
    uplink.generation,
    uplink.bufferedBytes,
    uplink.why,
  ])
  print(forTerminal(edge))
  print(table(['SHARD', 'UPLINK', 'ROLE', 'BROWSERS', 'WAKES', 'GENERATION', 'BUFFERED', 'WHY'], rows))
}
