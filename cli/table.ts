import { forTerminal } from '../shared/foreign-text.ts'

/** Rows under their headings, in columns as wide as they need; a cell may hold what others have written. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map((cell) => forTerminal(String(cell))))
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Isolates take no room. */
function widthOf(cell: string): number {
  return cell.replaceAll(/[\u2066-\u2069]/g, '').length
}
