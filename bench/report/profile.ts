import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SHOWN = 30
const ROOT = new URL('../..', import.meta.url).pathname

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** The functions in which the threads of a server spent their own time, as Node's --cpu-prof found them; Markdown. */
export function topFunctions(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => oneThread(name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile))
    .join('\n')
}

function oneThread(name: string, profile: CpuProfile): string {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]))
  const times = new Map<string, number>()
  let busy = 0
  for (const [i, id] of profile.samples.entries()) {
    const frame = nodes.get(id)
    if (!frame || frame.functionName === '(idle)') continue
    const micros = profile.timeDeltas[i] ?? 0
    const where = frame.url === '' ? '' : ` ${frame.url.replace('file://', '').replace(ROOT, '')}:${frame.lineNumber + 1}`
    const label = `${frame.functionName || '(anonymous)'}${where}`
    times.set(label, (times.get(label) ?? 0) + micros)
    busy += micros
  }
  const rows = [...times].toSorted((a, b) => b[1] - a[1]).slice(0, SHOWN)
  const lines = rows.map(([label, micros]) => `| ${((100 * micros) / busy).toFixed(1)} | ${(micros / 1000).toFixed(0)} | ${label} |`)
  return `\n${name}: ${(busy / 1e6).toFixed(1)} s busy\n\n| % | ms | function |\n|---:|---:|---|\n${lines.join('\n')}\n`
}
