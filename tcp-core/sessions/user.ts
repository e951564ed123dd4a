import { LoopTime } from '../limits/loop-time.ts'
import { RateWindow, type UserLimits } from '../limits/rate-window.ts'
import type { Session } from './session.ts'

/** A user who is online: holds its sessions, and each session holds it. */
export class User {
  readonly id: string
  readonly sessions = new Set<Session>()
  /** Its sessions are about to be given new tickets. */
  ticketsDue = false
  /** What all its sessions send together. */
  readonly rate: RateWindow
  /** What that takes of the event loop. */
  readonly loopTime: LoopTime
  /** What its sessions have been pushed and have not acknowledged (R4). */
  unackedBytes = 0

  constructor(id: string, limits: UserLimits) {
    this.id = id
    this.rate = new RateWindow(limits)
    this.loopTime = new LoopTime(limits.millisecondsPerSecond)
  }
}
