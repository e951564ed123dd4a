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
  /** At most 256 bytes; may be ''. */
  readonly name: string
  /** At most 4,096 bytes, of one or several lines. */
  readonly description: string
  /** Whatever the application takes for a picture, such as a URL or the id of an attachment; at most 2,048 bytes. */
  readonly avatar: string
  /** At most 32. */
  readonly attributes: Attributes
  /** Complete: where the group says nothing, the default stands here. */
  readonly settings: GroupSettings
  /** The id of the user who owns it; '' where nobody does, as in a dissolved group that its owner has left. */
  readonly owner: string
  /** The owner is counted. */
  readonly memberCount: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** Until when only admins and the owner may send, in milliseconds since 1970; 0, or in the past: nobody is kept from it. */
  readonly mutedUntil: number
  /** Nobody can send any more; what was said can be read (G3). */
  readonly dissolved: boolean
  /** The user's own role; undefined for one who has left. */
  readonly role: RoleName | undefined
  /** Until when the user himself may not send, in milliseconds since 1970; 0, or in the past: not muted. */
  readonly ownMutedUntil: number
}

/**
 * The least role that may do something, and how the group is kept (G2 to G6). Who acts on a member has a higher role
 * than that member besides.
 */
export interface GroupSettings {
  /** Who may send messages; `member` by default. */
  readonly send: RoleName
  /** Who may add users; `member` by default. */
  readonly invite: RoleName
  /** Who may change name, description, avatar and attributes; `admin` by default. The settings are only the owner's to change. */
  readonly update: RoleName
  /** Who may remove members, keep users out and see who is kept out; `admin` by default. */
  readonly remove: RoleName
  /** Who may mute members; `admin` by default. */
  readonly mute: RoleName
  /** Who may pin messages and take pins away; `admin` by default. */
  readonly pin: RoleName
  /** Who may mention everybody; `admin` by default. */
  readonly mentionAll: RoleName
  /** Who may take back messages of members of a lower role; `admin` by default. */
  readonly recallOthers: RoleName
  /** Whoever knows the id may join; false by default. */
  readonly open: boolean
  /** Whoever comes sees nothing of before; false by default. It does not change what those who are there see. */
  readonly hideHistory: boolean
  /** For how many seconds its sender may edit a message; 0, the default, is what the installation says (24 hours at first). */
  readonly editSeconds: number
  /** For how many seconds its sender may take a message back; 0, the default, is what the installation says (24 hours at first). */
  readonly recallSeconds: number
}

/** What `client.createGroup` makes. Who makes it is its owner. */
export interface NewGroup {
  /** 1 to 64 letters, digits and `._~-` (N3); random if not given. */
  id?: string
  /** At most 256 bytes; may be ''. */
  name: string
  /** At most 4,096 bytes, of one or several lines; '' by default. */
  description?: string
  /** Whatever the application takes for a picture; at most 2,048 bytes, '' by default. */
  avatar?: string
  /** At most 32; a key has 1 to 64 bytes, a value 1,024 at most. */
  attributes?: Attributes
  /** What is left out has its default. */
  settings?: Partial<GroupSettings>
  /** The ids of its first members besides who makes it; at most 500. */
  members?: readonly string[]
}

/** What `update` changes of a group. What is not given stays. */
export interface GroupChanges {
  /** At most 256 bytes. */
  name?: string
  /** At most 4,096 bytes, of one or several lines. */
  description?: string
  /** At most 2,048 bytes. */
  avatar?: string
  /** Those that change, at most 64; one with the value '' is taken away. Others stay. */
  attributes?: Attributes
  /** All settings: what is left out gets its default. Only the owner may give them. */
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
