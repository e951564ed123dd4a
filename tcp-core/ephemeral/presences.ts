import type { Logger } from 'pino'
import { RequestError } from '../../shared/errors.ts'
import { type DeviceClass, type Presence, PresenceAudience, type Status } from '../../shared/gen/hawser.ts'
import type { Sight } from '../log/log-store.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Session } from '../sessions/session.ts'
import type { User } from '../sessions/user.ts'
import type { Clock } from '../time/clock.ts'
import type { Coalescer } from './coalescer.ts'
import type { LastSeen } from './last-seen.ts'
import { Rechecks } from './rechecks.ts'
import type { UserReads } from './user-reads.ts'
import { type Watched, Watches } from './watches.ts'

/** T2 */
const MAX_WATCHED = 500
/** Whoever is back by then was never gone for those who watch. */
const GONE_AFTER_MS = 2500

interface Services {
  readonly registry: Registry
  readonly reads: UserReads
  readonly clock: Clock
  readonly logger: Logger
  readonly lastSeen: LastSeen
  readonly coalescer: Coalescer
}

/** Who is online, told to those who watch and may see it (T2). Users whom nobody watches cost nothing. */
export class Presences {
  readonly watches = new Watches()
  readonly #services: Services
  readonly #rechecks: Rechecks
  /** When a user's session ended of late, as a date and by the clock's `elapsed`; it may be back in a moment. The longest ago first. */
  readonly #leaving = new Map<string, { at: number; since: number }>()
  #cancelTimer: (() => void) | undefined

  constructor(services: Services) {
    this.#services = services
    this.#rechecks = new Rechecks(services, ({ watcher, user }, sight) => this.#rechecked(watcher, user, sight))
  }

  /** Users who may have gone. */
  get leavingCount(): number {
    return this.#leaving.size
  }

  /**
   * From now on the session hears of `users` and no more of `unwatch`. Resolves to how the
   * users are, as far as the session may see it. Rejects with RequestError `limit_reached`,
   * having done nothing, and with the log's error, having added nobody.
   */
  async watch(session: Session, users: ReadonlySet<string>, unwatch: readonly string[]): Promise<Presence[]> {
    const { reads } = this.#services
    this.#checkLimit(session, users, unwatch)
    for (const name of unwatch) this.watches.remove(session, name)
    const names = [...users]
    const added = names.filter((name) => this.watches.add(session, name, (watchers) => this.#asOfNow(name, watchers)))
    if (names.length === 0) return []
    const watcher = session.user.id
    const sights = await reads
      .sights(
        watcher,
        names.map((user) => ({ watcher, user })),
      )
      .catch((error: unknown) => {
        for (const name of added) this.watches.remove(session, name)
        throw error
      })
    for (const [i, name] of names.entries()) this.#learn(session, name, sights[i])
    return names.map((name) => this.presenceFor(session, name) ?? nothingOf(name))
  }

  /** How a user looks to a session; undefined where it does not watch the user, or that is not known yet. */
  presenceFor(session: Session, userId: string): Presence | undefined {
    const watched = this.watches.watched(userId)
    switch (this.watches.standing(session, userId)) {
      case 'seen':
        return watched && presenceOf(userId, watched)
      case 'hidden':
        return nothingOf(userId)
      default:
        return undefined
    }
  }

  began({ user }: Session): void {
    this.#services.lastSeen.came(user.id)
    const watched = this.watches.watched(user.id)
    if (!watched) return
    const online = classesOf(user, watched.online)
    if (online.length === watched.online.length) return
    watched.online = online
    this.#tell(user.id, watched)
  }

  ended(session: Session): void {
    this.watches.forget(session)
    const { user } = session
    if (user.sessions.size > 0 && !this.watches.watched(user.id)) return
    const { clock } = this.#services
    this.#leaving.delete(user.id)
    this.#leaving.set(user.id, { at: clock.now(), since: clock.elapsed() })
    this.#cancelTimer ??= clock.after(GONE_AFTER_MS, () => this.#turn())
  }

  /** P4: the user says something else about himself, or to others. */
  statusChanged(userId: string, { text, audience }: Status): void {
    const watched = this.watches.watched(userId)
    if (!watched) return
    if (text !== undefined) watched.status = text
    if (audience === undefined || audience === watched.audience) {
      if (text !== undefined) this.#tell(userId, watched)
      return
    }
    watched.audience = audience
    for (const session of watched.watchers) {
      if (audience === PresenceAudience.NOBODY && session.user.id !== userId) this.#hide(session, userId)
      else {
        // Until it is known who may hear of it, nobody does; to whom it was hidden not even that something changed.
        if (this.watches.standing(session, userId) === 'seen') this.watches.setStanding(session, userId, 'unsure')
        this.#rechecks.add(session.user.id, userId)
      }
    }
  }

  /** P2: `other` sees nothing of the user any more. */
  blocked(userId: string, other: string): void {
    for (const session of this.#services.registry.user(other)?.sessions ?? []) this.#hide(session, userId)
  }

  /** What two users are to each other has changed. */
  related(a: string, b: string): void {
    this.#recheck(a, b)
    this.#recheck(b, a)
  }

  /** The users came into a group of these members, or leave it. */
  regrouped(users: Iterable<string>, members: ReadonlyMap<string, number>): void {
    for (const name of users) {
      for (const session of this.#services.registry.user(name)?.sessions ?? []) {
        for (const other of this.watches.of(session)?.keys() ?? []) if (members.has(other)) this.#rechecks.add(name, other)
      }
      for (const { user } of this.watches.watched(name)?.watchers ?? []) if (members.has(user.id)) this.#rechecks.add(user.id, name)
    }
  }

  /** The core goes down, and everybody who is online with it. */
  noteAll(): void {
    const { registry, lastSeen, clock } = this.#services
    for (const [userId, { at }] of this.#leaving) lastSeen.note(userId, at)
    for (const { id } of registry.users()) lastSeen.note(id, clock.now())
  }

  #checkLimit(session: Session, users: ReadonlySet<string>, unwatch: readonly string[]): void {
    const before = this.watches.of(session)
    const given = unwatch.filter((name) => before?.has(name) && !users.has(name))
    const kept = (before?.size ?? 0) - new Set(given).size
    let count = kept
    for (const name of users) if (!before?.has(name)) count++
    if (count <= MAX_WATCHED) return
    throw new RequestError('limit_reached', `A session watches at most ${MAX_WATCHED} users; these would be ${count}.`, { field: 'users' })
  }

  #asOfNow(userId: string, watchers: Set<Session>): Watched {
    const user = this.#services.registry.user(userId)
    const lastSeen = Math.max(this.#services.lastSeen.waiting(userId), this.#leaving.get(userId)?.at ?? 0)
    return { watchers, online: user ? classesOf(user) : [], lastSeen, status: '', audience: undefined }
  }

  /** Says whether that is news for the session. */
  #learn(session: Session, userId: string, sight: Sight | undefined): boolean {
    const watched = this.watches.watched(userId)
    const before = this.watches.standing(session, userId)
    if (!watched || before === undefined) return false
    if (sight) {
      watched.status = sight.status
      watched.audience = sight.audience
      watched.lastSeen = Math.max(watched.lastSeen, sight.lastSeen)
    }
    const standing = sight ? 'seen' : 'hidden'
    this.watches.setStanding(session, userId, standing)
    return standing !== before
  }

  #rechecked(watcher: string, userId: string, sight: Sight | undefined): void {
    for (const session of this.#services.registry.user(watcher)?.sessions ?? []) {
      if (!this.#learn(session, userId, sight)) continue
      const presence = this.presenceFor(session, userId)
      if (presence) this.#services.coalescer.presence(presence, [session])
    }
  }

  #recheck(watcher: string, userId: string): void {
    for (const session of this.#services.registry.user(watcher)?.sessions ?? []) {
      if (this.watches.standing(session, userId) !== undefined) return this.#rechecks.add(watcher, userId)
    }
  }

  #hide(session: Session, userId: string): void {
    const standing = this.watches.standing(session, userId)
    // Of one that is unsure the log is being asked: it may answer with what held before.
    if (standing === 'unsure') this.#rechecks.add(session.user.id, userId)
    if (standing !== 'seen') return
    this.watches.setStanding(session, userId, 'hidden')
    this.#services.coalescer.presence(nothingOf(userId), [session])
  }

  #tell(userId: string, watched: Watched): void {
    this.#services.coalescer.presence(presenceOf(userId, watched), this.#seeing(userId, watched))
  }

  *#seeing(userId: string, { watchers }: Watched): Generator<Session> {
    for (const session of watchers) if (this.watches.standing(session, userId) === 'seen') yield session
  }

  /** Whoever has not come back is gone. */
  #turn(): void {
    const { registry, lastSeen, clock } = this.#services
    const now = clock.elapsed()
    this.#cancelTimer = undefined
    for (const [userId, { at, since }] of this.#leaving) {
      const wait = since + GONE_AFTER_MS - now
      if (wait > 0) {
        this.#cancelTimer = clock.after(wait, () => this.#turn())
        return
      }
      this.#leaving.delete(userId)
      const user = registry.user(userId)
      if (!user) lastSeen.note(userId, at)
      this.#settle(userId, user, at)
    }
  }

  #settle(userId: string, user: User | undefined, at: number): void {
    const watched = this.watches.watched(userId)
    if (!watched) return
    if (!user) watched.lastSeen = at
    const online = user ? classesOf(user) : []
    // Whoever came was added at once, so only fewer can be others.
    if (online.length === watched.online.length) return
    watched.online = online
    this.#tell(userId, watched)
  }
}

function classesOf({ sessions }: User, besides: readonly DeviceClass[] = []): DeviceClass[] {
  const classes = new Set(besides)
  for (const { device } of sessions) classes.add(device.class)
  return [...classes].sort((a, b) => a - b)
}

function presenceOf(userId: string, { online, lastSeen, status }: Watched): Presence {
  return { userId, online: [...online], lastSeen: online.length > 0 ? 0 : lastSeen, status }
}

/** Who may not be seen looks offline (T2). */
function nothingOf(userId: string): Presence {
  return { userId, online: [], lastSeen: 0, status: '' }
}
