import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chart } from './chart.ts'
import { markdown } from './markdown.ts'
import type { Result } from './result.ts'

/** Writes a result as JSON, Markdown and SVG; gives the Markdown. */
export function writeResult(result: Result, folder: string): string {
  mkdirSync(folder, { recursive: true })
  const write = (extension: string, text: string): void => writeFileSync(join(folder, `${result.workload}.${extension}`), text)
  const drawing = chart(result)
  const page = markdown(result, drawing !== undefined)
  write('json', `${JSON.stringify(result, undefined, 1)}\n`)
  write('md', page)
  if (drawing) write('svg', drawing)
  return page
}
