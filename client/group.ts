import {
  type Group as GroupBody,
  type GroupCreate,
  type GroupSettings as GroupSettingsBody,
  type GroupUpdate,
  Role,
} from '../shared/gen/hawser.ts'
import { type Attributes, attributeList, attributesOf } from './attributes.ts'
import { type RoleName, roleName, roleNumber } from './role.ts'

/** A group as its user sees it; times in milliseconds since 1970. */
export interface Group {
  readonly conversationId: string
  readonly name: string
  readonly description: string
  readonly avatar: string
  readonly attributes: Attributes
  readonly settings: GroupSettings
  readonly owner: string
  readonly memberCount: number
  readonly createdAt: number
  /** Until when only admins and the owner may send. */
  readonly mutedUntil: number
  readonly dissolved: boolean
  /** The user's own; undefined for one who has left. */
  readonly role: RoleName | undefined
  readonly ownMutedUntil: number
}

/** The least role that may, and how the group is kept (G2 to G6). */
export interface GroupSettings {
  readonly send: RoleName
  readonly invite: RoleName
  readonly update: RoleName
  readonly remove: RoleName
  readonly mute: RoleName
  readonly pin: RoleName
  readonly mentionAll: RoleName
  readonly recallOthers: RoleName
  /** Whoever knows the id may join. */
  readonly open: boolean
  /** Newcomers see nothing of before. */
  readonly hideHistory: boolean
  /** How long a message may be edited by its sender; 0 for the server's default. */
  readonly editSeconds: number
  readonly recallSeconds: number
}

export interface NewGroup {
  /** 1 to 64 letters, digits and `._~-` (N3); random if not given. */
  id?: string
  name: string
  description?: string
  avatar?: string
  attributes?: Attributes
  settings?: Partial<GroupSettings>
  /** User ids, besides the one who makes it. */
  members?: readonly string[]
}

/** What is not given stays. An attribute that is '' is taken away; settings are given whole, what they leave out gets its default. */
export interface GroupChanges {
  name?: string
  description?: string
  avatar?: string
  attributes?: Attributes
  settings?: Partial<GroupSettings>
}

/** What holds where a setting is not given; shared/proto/hawser.proto names the same. */
const DEFAULT_SETTINGS: GroupSettings = {
  send: 'member',
  invite: 'member',
  update: 'admin',
  remove: 'admin',
  mute: 'admin',
  pin: 'admin',
  mentionAll: 'admin',
  recallOthers: 'admin',
  open: false,
  hideHistory: false,
  editSeconds: 0,
  recallSeconds: 0,
}

export function groupOf({ attributes, settings, role, ...rest }: GroupBody): Group {
  return { ...rest, attributes: attributesOf(attributes), settings: groupSettings(settings), role: roleName(role) }
}

export function groupCreate({ name, description = '', avatar = '', attributes, settings, members = [] }: NewGroup): GroupCreate {
  return {
    name,
    description,
    avatar,
    attributes: attributeList(attributes),
    settings: settings && settingsBody(settings),
    members: [...members],
  }
}

export function groupUpdate({ name, description, avatar, attributes, settings }: GroupChanges): GroupUpdate {
  return { name, description, avatar, attributes: attributeList(attributes), settings: settings && settingsBody(settings) }
}

export function groupSettings(body: GroupSettingsBody | undefined): GroupSettings {
  if (!body) return DEFAULT_SETTINGS
  const least = (name: RoleSetting) => roleName(body[name]) ?? DEFAULT_SETTINGS[name]
  return {
    send: least('send'),
    invite: least('invite'),
    update: least('update'),
    remove: least('remove'),
    mute: least('mute'),
    pin: least('pin'),
    mentionAll: least('mentionAll'),
    recallOthers: least('recallOthers'),
    open: body.open,
    hideHistory: body.hideHistory,
    editSeconds: body.editSeconds,
    recallSeconds: body.recallSeconds,
  }
}

function settingsBody(settings: Partial<GroupSettings>): GroupSettingsBody {
  const least = (name: RoleName | undefined) => (name === undefined ? Role.ROLE_UNSPECIFIED : roleNumber(name))
  return {
    send: least(settings.send),
    invite: least(settings.invite),
    update: least(settings.update),
    remove: least(settings.remove),
    mute: least(settings.mute),
    pin: least(settings.pin),
    mentionAll: least(settings.mentionAll),
    recallOthers: least(settings.recallOthers),
    open: settings.open ?? false,
    hideHistory: settings.hideHistory ?? false,
    editSeconds: settings.editSeconds ?? 0,
    recallSeconds: settings.recallSeconds ?? 0,
  }
}

type RoleSetting = { [K in keyof GroupSettings]: GroupSettings[K] extends RoleName ? K : never }[keyof GroupSettings]
