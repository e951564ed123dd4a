import { type GroupSettings, Role } from '../../../shared/gen/hawser.ts'

/** What a group's settings can say, and what holds where they do not. */
const LEAST_ROLE = {
  send: Role.MEMBER,
  invite: Role.MEMBER,
  update: Role.ADMIN,
  remove: Role.ADMIN,
  mute: Role.ADMIN,
  pin: Role.ADMIN,
  mentionAll: Role.ADMIN,
  recallOthers: Role.ADMIN,
} as const
export type Act = keyof typeof LEAST_ROLE

export function leastRole(settings: GroupSettings | undefined, act: Act): Role {
  return settings?.[act] || LEAST_ROLE[act]
}
