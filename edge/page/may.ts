import type { Group, GroupSettings, Member, RoleName } from 'hawser'

const RANK: Readonly<Record<RoleName, number>> = { member: 1, admin: 2, owner: 3 }

/** What the settings of a group give to a role and those above it. */
export type Act = { [K in keyof GroupSettings]: GroupSettings[K] extends RoleName ? K : never }[keyof GroupSettings]

/** Whether the user's role in the group is enough (docs/PROTOCOL.md, G2). The server decides; this only hides what it would refuse. */
export function may(group: Group, act: Act): boolean {
  return !group.dissolved && group.role !== undefined && RANK[group.role] >= RANK[group.settings[act]]
}

/** Whoever acts on a member has a higher role than that member. */
export function outranks(group: Group, other: Pick<Member, 'role'>): boolean {
  return group.role !== undefined && RANK[group.role] > RANK[other.role]
}

export const ROLE_NAMES = { owner: 'Owner', admin: 'Admin', member: 'Member' } as const satisfies Record<RoleName, string>
