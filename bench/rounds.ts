import type { Peer } from './peers/peer.ts'
import type { CaseResult, PeerResult, Row } from './report/result.ts'
import { makeFolder, removeFolder } from './temp-folder.ts'
import type { Case, Context, Sample, Workload } from './workloads/workload.ts'

export interface RoundsOptions extends Omit<Context, 'folder' | 'shared'> {
  readonly rounds: number
  readonly peers: readonly Peer[]
  readonly cases: readonly Case[]
  progress(line: string): void
}

interface OpenRow {
  readonly peer: Peer
  readonly samples: Sample[]
  failure: string | undefined
}

export function describe({ name, title, ack, setting, version }: Peer): PeerResult {
  return { name, title, ack, setting, version: version() }
}

/** Measures every case with every installed peer. Rounds are the outer loop, so that what else the machine does hits all alike. */
export async function runRounds(workload: Workload, options: RoundsOptions): Promise<CaseResult[]> {
  const installed = options.peers.filter((peer) => peer.version() !== undefined)
  const found = options.cases.map((setting) => ({
    setting,
    rows: installed.map((peer): OpenRow => ({ peer, samples: [], failure: undefined })),
  }))
  const shared = makeFolder()
  try {
    for (let round = 1; round <= options.rounds; round++) {
      for (const { setting, rows } of found) {
        for (const row of rows) {
          const outcome = await once(workload, row, setting, { ...options, shared })
          options.progress(`${workload.name} ${round}/${options.rounds} ${setting.name} ${row.peer.name}: ${outcome}`)
        }
      }
    }
  } finally {
    removeFolder(shared)
  }
  return found.map(({ setting, rows }) => ({ name: setting.name, rows: rows.map(closed) }))
}

/** A peer that fails costs its own figures only. */
async function once(workload: Workload, row: OpenRow, setting: Case, context: Omit<Context, 'folder'>): Promise<string> {
  const folder = makeFolder()
  try {
    const sample = await workload.measure(row.peer, setting, { ...context, folder })
    row.samples.push(sample)
    return workload.figures
      .flatMap(({ key, title, digits }) => (sample[key] === undefined ? [] : [`${title} ${sample[key].toFixed(digits)}`]))
      .join(', ')
  } catch (error) {
    row.failure = (error as Error).message
    return `failed: ${row.failure}`
  } finally {
    removeFolder(folder)
  }
}

function closed({ peer, samples, failure }: OpenRow): Row {
  return failure === undefined ? { peer: peer.name, samples } : { peer: peer.name, samples, failure }
}
