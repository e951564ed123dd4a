import { closeSync, openSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const PAGE_BYTES = 4096

/** The number of the nth leaf page of a table or an index, in the order of its keys. */
export function leafPage(path: string, name: string, nth: number): number {
  const database = new DatabaseSync(path, { readOnly: true })
  const row = database
    .prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET ?")
    .get(name, nth) as { pageno: number }
  database.close()
  return row.pageno
}

/** What a bad sector leaves of a page. */
export function overwritePage(path: string, page: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, new Uint8Array(PAGE_BYTES).fill(0xff), 0, PAGE_BYTES, (page - 1) * PAGE_BYTES)
  closeSync(file)
}
