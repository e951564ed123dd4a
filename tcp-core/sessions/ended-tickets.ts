import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Logger } from 'pino'
import { SavedFile } from '../files/saved-file.ts'
import type { Clock } from '../time/clock.ts'

/** Users that are remembered; past that the oldest ends are remembered for everybody. */
const MAX_USERS = 200_000
/** The file is written anew when it is this much longer than what it says. */
const SPARE_BYTES = 4 * 1024 * 1024

export interface EndedTicketsFile {
  readonly path: string
  readonly logger: Logger
  readonly clock: Clock
}

/**
 * From when on tickets of a user hold (docs/PROTOCOL.md, L8): a LOGOUT, kick or ban ends all
 * that were sealed before; the sessions that go on are given new ones. One number for a user
 * and none for a session, kept as long as a ticket could live, and in a file to which each
 * end adds a line: it survives the core, and a line that power cut off is passed over.
 */
export class EndedTickets {
  readonly #lifeMs: number
  readonly #maxUsers: number
  /** In the order in which they ended. */
  readonly #floors = new Map<string, number>()
  /** Of all users. */
  #everybody = 0
  /** The last moment given out: two of one millisecond are told apart. */
  #last = 0
  readonly #file: { readonly whole: SavedFile; readonly path: string } | undefined
  #descriptor: number | undefined
  #bytes = 0
  #liveBytes = 0

  /** `lifeMs` is how long a ticket holds. Without a file it is forgotten with the process. Throws where the file cannot be opened, or has lines that are not its own. */
  constructor(lifeMs: number, file?: EndedTicketsFile, maxUsers = MAX_USERS) {
    this.#lifeMs = lifeMs
    this.#maxUsers = maxUsers
    if (!file) return
    this.#file = { path: file.path, whole: new SavedFile(file.path, () => this.#content(), file) }
    this.#read(file.path, file.clock.now())
    this.#rewrite()
  }

  /** The moment of a ticket that is sealed now, later than all that ended. */
  stamp(now: number): number {
    this.#last = Math.max(now, this.#last)
    return this.#last
  }

  /** Whether a ticket of the user that was sealed then is over. */
  has(userId: string, sealedAt: number): boolean {
    return sealedAt < Math.max(this.#everybody, this.#floors.get(userId) ?? 0)
  }

  /** Ends all tickets of the user that were sealed until now. */
  end(userId: string, now: number): void {
    const floor = Math.max(now, this.#last) + 1
    this.#last = floor
    this.#floors.delete(userId)
    this.#floors.set(userId, floor)
    this.#forget(now)
    this.#append(line(userId, floor))
  }

  #forget(now: number): void {
    for (const [userId, floor] of this.#floors) {
      const isOver = floor + this.#lifeMs < now
      if (!isOver && this.#floors.size <= this.#maxUsers) return
      this.#floors.delete(userId)
      if (!isOver) this.#everybody = Math.max(this.#everybody, floor)
    }
  }

  #read(path: string, now: number): void {
    let text = ''
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    const entries = text.split('\n')
    for (const [at, entry] of entries.entries()) {
      const [userId, floor] = parse(entry)
      if (userId === undefined || floor === undefined) {
        // The last line may be one that power cut off.
        if (at === entries.length - 1) continue
        throw new Error(`line ${at + 1} is none of its own`)
      }
      this.#last = Math.max(this.#last, floor)
      if (userId === '') this.#everybody = floor
      else if (floor + this.#lifeMs >= now) {
        this.#floors.delete(userId)
        this.#floors.set(userId, floor)
      }
    }
    this.#forget(now)
  }

  #append(added: string): void {
    if (!this.#file) return
    this.#bytes += Buffer.byteLength(added)
    if (this.#descriptor === undefined || this.#bytes > 2 * this.#liveBytes + SPARE_BYTES) return this.#rewrite()
    try {
      writeSync(this.#descriptor, added)
    } catch {
      // The whole is tried until the disk takes it.
      this.#rewrite()
    }
  }

  #rewrite(): void {
    if (!this.#file) return
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
    if (!this.#file.whole.save()) return
    this.#descriptor = openSync(this.#file.path, 'a', 0o600)
    this.#liveBytes = fstatSync(this.#descriptor).size
    this.#bytes = this.#liveBytes
  }

  #content(): string {
    const lines = [line('', this.#everybody)]
    for (const [userId, floor] of this.#floors) lines.push(line(userId, floor))
    return lines.join('')
  }
}

function line(userId: string, floor: number): string {
  return `${JSON.stringify([userId, floor])}\n`
}

/** Of a line that is not whole, nothing. */
function parse(entry: string): [string?, number?] {
  try {
    const [userId, floor] = JSON.parse(entry) as [unknown, unknown]
    return typeof userId === 'string' && typeof floor === 'number' ? [userId, floor] : []
  } catch {
    return []
  }
}
