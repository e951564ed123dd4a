import { Role } from '../shared/gen/hawser.ts'

const NUMBERS = { member: Role.MEMBER, admin: Role.ADMIN, owner: Role.OWNER } as const

/** What a member of a group may do follows from it (G2). */
export type RoleName = keyof typeof NUMBERS

const names = new Map<Role, RoleName>(Object.entries(NUMBERS).map(([name, number]) => [number, name as RoleName]))

export function roleNumber(name: RoleName): Role {
  return NUMBERS[name]
}

/** Undefined for one who is no member. */
export function roleName(number: Role): RoleName | undefined {
  return names.get(number)
}
