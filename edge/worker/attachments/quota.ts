import type { Settings } from '../../env/env.ts'
import { limitSetting } from '../../env/limit-setting.ts'
import { Refusal } from '../../env/refusal.ts'
import type { AttachmentEnv } from './attachment-env.ts'
import type { AttachmentBook } from './book.ts'
import type { BookLimits, Exceeded } from './book-limits.ts'

const GIB = 1024 ** 3
/** The names are spread over so many books. */
const BOOKS = 16
/** The book of all users together. */
const ALL = 'all'
const HOUR_MS = 3_600_000
/** What a file takes besides its bytes: a block for its end, and one for its name and type. It bounds how many small ones there are. */
const FILE_BYTES = 8192
/** An upload that brings less than this does not go on (edge/worker/attachments/progress.ts). */
const SLOWEST_BYTES_PER_SECOND = 2048

/** What may be uploaded: by one user and by all, in the last 24 hours and in all (A8). */
export class Quota {
  readonly #env: AttachmentEnv
  readonly #user: string
  readonly #limits: { readonly user: BookLimits; readonly all: BookLimits }

  /** Throws Refusal where a setting is none. */
  constructor(env: AttachmentEnv, user: string) {
    const keptDays = optional(env, 'ATTACHMENT_DAYS')
    this.#env = env
    this.#user = user
    this.#limits = {
      user: {
        day: limitSetting(env, 'UPLOAD_BYTES_PER_USER_DAY', GIB),
        total: limitSetting(env, 'UPLOAD_BYTES_PER_USER', 10 * GIB),
        atOnce: limitSetting(env, 'UPLOADS_AT_ONCE', 16),
        keptDays,
      },
      all: {
        day: optional(env, 'UPLOAD_BYTES_PER_DAY'),
        total: optional(env, 'UPLOAD_BYTES'),
        atOnce: Number.POSITIVE_INFINITY,
        keptDays,
      },
    }
  }

  /** Throws Refusal if an upload of so many bytes would not be taken now. */
  async check(size: number): Promise<void> {
    const bytes = size + FILE_BYTES
    const { user, all } = this.#limits
    refuse(await this.#ofUser.exceeded(this.#user, bytes, user), user, 'you')
    refuse(await this.#ofAll.exceeded('', bytes, all), all, 'all')
  }

  /** Takes an upload into the books. Throws Refusal. */
  async begin(id: string, size: number): Promise<void> {
    const bytes = size + FILE_BYTES
    const { user, all } = this.#limits
    const until = Date.now() + HOUR_MS + (1000 * bytes) / SLOWEST_BYTES_PER_SECOND
    refuse(await this.#ofUser.begin({ name: this.#user, id, bytes, until }, user), user, 'you')
    const exceeded = await this.#ofAll.begin({ name: '', id, bytes, until }, all)
    if (exceeded) await this.#ofUser.end(this.#user, id, false, user)
    refuse(exceeded, all, 'all')
  }

  /** The upload is over; what was not kept does not count. */
  async end(id: string, isKept: boolean): Promise<void> {
    const { user, all } = this.#limits
    await Promise.all([this.#ofUser.end(this.#user, id, isKept, user), this.#ofAll.end('', id, isKept, all)])
  }

  get #ofUser(): DurableObjectStub<AttachmentBook> {
    let hash = 0
    for (const character of this.#user) hash = (31 * hash + (character.codePointAt(0) ?? 0)) % BOOKS
    return this.#book(String(hash))
  }

  get #ofAll(): DurableObjectStub<AttachmentBook> {
    return this.#book(ALL)
  }

  #book(name: string): DurableObjectStub<AttachmentBook> {
    const { ATTACHMENT_BOOKS } = this.#env
    if (ATTACHMENT_BOOKS) return ATTACHMENT_BOOKS.getByName(name)
    throw new Refusal(503, 'not_configured', 'Bind ATTACHMENT_BOOKS to the Durable Object AttachmentBook, which keeps the quotas.')
  }
}

/** No limit where it is not set. */
function optional(env: Settings, name: keyof Settings): number {
  return env[name] ? limitSetting(env, name, 1) : Number.POSITIVE_INFINITY
}

function refuse(exceeded: Exceeded | undefined, { day, total, atOnce }: BookLimits, whose: 'you' | 'all'): void {
  const who = whose === 'you' ? 'One user' : 'All users together'
  switch (exceeded) {
    case undefined:
      return
    case 'at_once':
      throw new Refusal(429, 'too_many_uploads', `One user has at most ${atOnce} uploads under way.`)
    case 'day':
      throw new Refusal(429, 'quota_exceeded', `${who} may upload ${day} bytes in 24 hours.`, { headers: { 'retry-after': '3600' } })
    case 'total':
      throw new Refusal(507, whose === 'you' ? 'quota_used_up' : 'storage_full', `${who} may upload ${total} bytes in all.`)
  }
}
