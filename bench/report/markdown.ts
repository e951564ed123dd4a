import type { Figure } from '../workloads/workload.ts'
import { type CaseResult, type Result, type Row, spread } from './result.ts'

/** The page of a result: what was measured, on what, and a table for each case, or one of all cases where there is one server. */
export function markdown(result: Result, hasChart: boolean): string {
  const { machine, peers, cases } = result
  const run = peers.filter(({ version }) => version !== undefined)
  const missing = peers.filter(({ version }) => version === undefined)
  const parts = [
    `# ${result.title}`,
    `\`${result.command}\`, ${result.takenAt.slice(0, 10)}. ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, Node ${machine.node}; server and load are processes of their own on the same machine.`,
    result.about,
    ...(hasChart ? [`![${result.title}](${result.workload}.svg)`] : []),
    table(
      ['server', 'version', 'what its ack means', 'set up'],
      run.map((peer) => [peer.title, peer.version ?? '', peer.ack, peer.setting]),
      'left',
    ),
  ]
  if (missing.length > 0) parts.push(`Not run, because not installed: ${missing.map(({ title }) => title).join('; ')}.`)
  if (peers.length === 1) parts.push(tableOfCases(result))
  else for (const each of cases) parts.push(`## ${each.name}`, tableOfPeers(result, each))
  const own = peers.find(({ name }) => name === result.subject)?.title
  const ratio = own !== undefined && peers.length > 1 ? ` *×* is the rate of ${own} through that of the server.` : ''
  parts.push(`Median of the rounds; where there were several, the lowest and the highest after it, and losses added up.${ratio}`)
  return `${parts.join('\n\n')}\n`
}

function tableOfPeers({ figures, peers, subject }: Result, { rows }: CaseResult): string {
  const shown = figures.filter(isIn(rows))
  const rate = shown.find(({ better }) => better === 'more')
  const rateOf = (row: Row | undefined) => rate && row && spread(row.samples, rate.key)?.median
  const own = rateOf(rows.find(({ peer }) => peer === subject))
  const body = rows.map((row) => {
    const title = peers.find(({ name }) => name === row.peer)?.title ?? row.peer
    const theirs = rateOf(row)
    const ratio = own === undefined ? [] : [theirs ? (own / theirs).toFixed(2) : '']
    return [row.peer === subject ? `**${title}**` : title, ...cells(row, shown), ...ratio]
  })
  return table(['server', ...shown.map(({ title }) => title), ...(own === undefined ? [] : ['×'])], body, 'right')
}

function tableOfCases({ figures, cases }: Result): string {
  const shown = figures.filter(isIn(cases.flatMap(({ rows }) => rows)))
  const body = cases.flatMap(({ name, rows }) => rows.map((row) => [name, ...cells(row, shown)]))
  return table(['', ...shown.map(({ title }) => title)], body, 'right')
}

const isIn =
  (rows: readonly Row[]) =>
  ({ key }: Figure): boolean =>
    rows.some(({ samples }) => spread(samples, key) !== undefined)

function cells(row: Row, figures: readonly Figure[]): string[] {
  if (row.samples.length > 0) return figures.map((figure) => cell(row, figure))
  return figures.map((_, i) => (i === 0 ? `failed: ${row.failure}` : ''))
}

/** What is compared with its spread, the rest by the median. */
function cell({ samples }: Row, { key, digits, better }: Figure): string {
  const found = spread(samples, key)
  if (!found) return ''
  if (key === 'lost' || key === 'again') return samples.reduce((sum, sample) => sum + (sample[key] ?? 0), 0).toFixed(0)
  const text = (value: number) => (digits === 0 ? Math.round(value).toLocaleString('en-US') : value.toFixed(digits))
  return better && samples.length > 1 ? `${text(found.median)} (${text(found.min)}–${text(found.max)})` : text(found.median)
}

/** Of all columns but the first, numbers are aligned right. */
function table(head: readonly string[], rows: readonly (readonly string[])[], align: 'left' | 'right'): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, i) => (i === 0 || align === 'left' ? '---|' : '---:|'))
  return [line(head), `|${rule.join('')}`, ...rows.map(line)].join('\n')
}
