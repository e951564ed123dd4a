import type { Figure, Sample } from '../workloads/workload.ts'
import { type Result, type Spread, spread } from './result.ts'

const WIDTH = 860
const LABEL_WIDTH = 210
const VALUE_WIDTH = 90
const BAR = 16
const GAP = 5
const PANEL_HEAD = 34
const MARGIN = 16
/** Of costs, a bar longer than this many times the middle one is cut, so that the others can be told apart. Rates are never cut. */
const LONGEST = 8
const SUBJECT_COLOUR = '#1a6fb0'
const PEER_COLOUR = '#9aa5b1'

interface Bar {
  readonly label: string
  readonly colour: string
  readonly samples: readonly Sample[]
}

interface Panel {
  readonly title: string
  readonly figure: Figure
  readonly bars: readonly Bar[]
}

/**
 * A panel for each figure that says which way is better: for each case with a bar for each
 * server, or with a bar for each case where there is one server. Undefined where no figure says so.
 */
export function chart(result: Result): string | undefined {
  const drawn: string[] = []
  let y = MARGIN
  for (const panel of panelsOf(result)) {
    const { svg, height } = draw(panel, y)
    drawn.push(svg)
    y += height
  }
  if (drawn.length === 0) return undefined
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${drawn.join('')}</svg>\n`
}

function panelsOf({ figures, peers, cases, subject }: Result): Panel[] {
  const has =
    ({ key }: Figure) =>
    ({ samples }: Bar) =>
      spread(samples, key) !== undefined
  const compared = figures.filter(({ better }) => better)
  if (peers.length === 1) {
    const bars = cases.map(({ name, rows }) => ({ label: name, colour: SUBJECT_COLOUR, samples: rows[0]?.samples ?? [] }))
    return compared.map((figure) => ({ title: figure.title, figure, bars: bars.filter(has(figure)) }))
  }
  return cases.flatMap(({ name, rows }) => {
    const bars = rows.map(({ peer, samples }) => ({
      label: peers.find((each) => each.name === peer)?.title ?? peer,
      colour: peer === subject ? SUBJECT_COLOUR : PEER_COLOUR,
      samples,
    }))
    return compared.map((figure) => ({ title: `${name}: ${figure.title}`, figure, bars: bars.filter(has(figure)) }))
  })
}

function draw({ title, figure, bars }: Panel, top: number): { svg: string; height: number } {
  const found = bars.map(({ samples }) => spread(samples, figure.key) as Spread)
  const left = MARGIN + LABEL_WIDTH
  const middling = found.map(({ median }) => median).toSorted((a, b) => a - b)[found.length >> 1] ?? 0
  const most = Math.max(...found.map(({ max }) => max), Number.MIN_VALUE)
  const longest = figure.better === 'less' && middling > 0 ? Math.min(most, LONGEST * middling) : most
  const scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH - 2 * MARGIN) / longest
  const way = figure.better === 'more' ? 'more is better' : 'less is better'
  const head = `<text x="${MARGIN}" y="${top + 18}" font-weight="600">${escaped(title)} <tspan fill="#667" font-weight="400">(${way})</tspan></text>`
  const drawn = bars.map(({ label, colour }, i) => {
    const { median, min, max } = found[i] as Spread
    const y = top + PANEL_HEAD + i * (BAR + GAP)
    const middle = y + BAR / 2
    const width = Math.max(1, Math.min(median, longest) * scale)
    const [from, to] = [(left + min * scale).toFixed(1), (left + Math.min(max, longest) * scale).toFixed(1)]
    const whisker = `<path d="M${from} ${middle}H${to}M${from} ${middle - 4}v8M${to} ${middle - 4}v8" stroke="#223"/>`
    const cut = `<path d="M${left + width - 24} ${y + BAR + 2}l8 -20h6l-8 20z" fill="#fff"/>`
    return [
      `<text x="${left - 8}" y="${middle + 4}" text-anchor="end" fill="#223">${escaped(label)}</text>`,
      `<rect x="${left}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${colour}"/>`,
      `<text x="${(left + Math.max(width, Math.min(max, longest) * scale) + 6).toFixed(1)}" y="${middle + 4}" fill="#223">${number(median, figure.digits)}</text>`,
      median > longest ? cut : max > min ? whisker : '',
    ].join('')
  })
  return { svg: head + drawn.join(''), height: PANEL_HEAD + bars.length * (BAR + GAP) + MARGIN }
}

const number = (value: number, digits: number): string => (digits === 0 ? Math.round(value).toLocaleString('en-US') : value.toFixed(digits))
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
