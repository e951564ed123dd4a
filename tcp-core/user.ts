import type { Session } from './session.ts'

/** A user who is online: holds its sessions, and each session holds it. */
export class User {
  readonly id: string
  readonly sessions = new Set<Session>()

  constructor(id: string) {
    this.id = id
  }
}
