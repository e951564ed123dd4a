import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import type { Logger } from 'pino'
import { z } from 'zod'
import { SavedFile } from '../files/saved-file.ts'
import type { Clock } from '../time/clock.ts'
import { contains, parseNetworks } from './ip-address.ts'

const network = z.string().superRefine((entry, context) => {
  try {
    parseNetworks([entry])
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

export const accessRules = z.strictObject({
  /** If not empty, nobody else comes in. */
  allow: z.array(network).default([]),
  deny: z.array(network).default([]),
})
export type AccessRules = z.output<typeof accessRules>

const ban = z.strictObject({
  /** An address, a network, or `user:` and a user id. */
  subject: z.union([z.string().regex(/^user:.+$/s), network]),
  /** Milliseconds since 1970. */
  until: z.number(),
  reason: z.string().max(200),
})
export type Ban = z.output<typeof ban>

const fileSchema = accessRules.extend({ bans: z.array(ban).default([]) })

/**
 * Who may come in: allow and deny lists, and bans that expire. Kept in access.json, which
 * an operator may also edit: SIGHUP reads it again. Whoever is checked is checked before a
 * byte is read from them.
 */
export class AccessList {
  readonly #path: string
  readonly #clock: Clock
  readonly #file: SavedFile
  #rules: AccessRules = { allow: [], deny: [] }
  #bans: Ban[] = []
  #allowed = new BlockList()
  #denied = new BlockList()
  #bannedNetworks = new BlockList()
  #bannedUsers = new Map<string, Ban>()
  #nextExpiry = Number.POSITIVE_INFINITY

  /** Throws, in one line with the file's name, if the file is not right. */
  constructor(path: string, clock: Clock, logger: Logger) {
    this.#path = path
    this.#clock = clock
    this.#file = new SavedFile(path, () => this.#content(), { clock, logger })
    this.reload()
  }

  get rules(): AccessRules {
    return this.#rules
  }

  /** Whether what holds is on the disk. What is not is tried again until it is. */
  get isSaved(): boolean {
    return this.#file.isSaved
  }

  /** The bans that hold now. */
  get bans(): readonly Ban[] {
    this.#expire()
    return this.#bans
  }

  /** Why the address stays out, or undefined. */
  refusalOf(address: string): string | undefined {
    this.#expire()
    if (contains(this.#bannedNetworks, address)) return 'The address is banned for now.'
    if (contains(this.#denied, address)) return 'The address is on the deny list.'
    if (this.#rules.allow.length > 0 && !contains(this.#allowed, address)) return 'The address is not on the allow list.'
    return undefined
  }

  /** Why the user stays out, or undefined. */
  refusalOfUser(userId: string): string | undefined {
    this.#expire()
    return this.#bannedUsers.has(userId) ? 'The user is banned for now.' : undefined
  }

  setRules(rules: AccessRules): void {
    this.#apply(rules, this.#bans)
    this.#file.save()
  }

  /** Adds the ban, or moves the expiry of the one with the same subject. */
  addBan(added: Ban): void {
    this.#apply(this.#rules, [...this.#bans.filter(({ subject }) => subject !== added.subject), added])
    this.#file.save()
  }

  /** Says whether there was such a ban. */
  liftBan(subject: string): boolean {
    const left = this.#bans.filter((ban) => ban.subject !== subject)
    if (left.length === this.#bans.length) return false
    this.#apply(this.#rules, left)
    this.#file.save()
    return true
  }

  /** Reads the file again. Throws, and keeps what held, if it is not right, or if what holds is not in it yet. */
  reload(): void {
    if (!this.isSaved && !this.#file.save()) throw new Error(`${this.#path}: what holds now is not on the disk yet`)
    let text = '{}'
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    const { bans, ...rules } = this.#parse(text)
    this.#apply(rules, bans)
  }

  #apply(rules: AccessRules, bans: readonly Ban[]): void {
    const now = this.#clock.now()
    this.#rules = rules
    this.#bans = bans.filter(({ until }) => until > now)
    this.#allowed = parseNetworks(rules.allow)
    this.#denied = parseNetworks(rules.deny)
    const users = this.#bans.filter(({ subject }) => subject.startsWith('user:'))
    this.#bannedUsers = new Map(users.map((ban) => [ban.subject.slice('user:'.length), ban]))
    this.#bannedNetworks = parseNetworks(
      this.#bans.filter(({ subject }) => isIP(subject.split('/')[0] as string)).map(({ subject }) => subject),
    )
    this.#nextExpiry = Math.min(Number.POSITIVE_INFINITY, ...this.#bans.map(({ until }) => until))
  }

  #expire(): void {
    if (this.#clock.now() >= this.#nextExpiry) this.#apply(this.#rules, this.#bans)
  }

  #parse(text: string): z.output<typeof fileSchema> {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch (cause) {
      throw new Error(`${this.#path}: it is no JSON: ${(cause as Error).message}`, { cause })
    }
    const parsed = fileSchema.safeParse(json)
    if (parsed.success) return parsed.data
    const faults = parsed.error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    throw new Error(`${this.#path}: ${faults.join('; ')}`)
  }

  #content(): string {
    return `${JSON.stringify({ ...this.#rules, bans: this.#bans }, null, 2)}\n`
  }
}
