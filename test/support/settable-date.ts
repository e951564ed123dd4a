import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const preload = new URL('set-date.ts', import.meta.url).href
/** Within this the core has seen it. */
const SEEN_MS = 20

/** The date of a core process, to be set while it runs. */
export class SettableDate {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hawser-date-'))
  readonly #file = join(this.#folder, 'milliseconds')

  constructor(milliseconds = 0) {
    writeFileSync(this.#file, String(milliseconds))
  }

  /** For the environment of the core. */
  get env(): Record<string, string> {
    return { NODE_OPTIONS: `--import ${preload}`, TEST_DATE: this.#file }
  }

  /** Sets it so far ahead of this machine's. */
  async set(milliseconds: number): Promise<void> {
    const draft = `${this.#file}.new`
    writeFileSync(draft, String(milliseconds))
    renameSync(draft, this.#file)
    await sleep(SEEN_MS)
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
