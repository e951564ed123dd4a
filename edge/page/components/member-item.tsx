import type { ConversationHandle, Group, Member } from 'hawser'
import { directConversationId } from '../../../shared/conversation-id.ts'
import { namedInText } from '../../../shared/foreign-text.ts'
import { ask } from '../dialogs.ts'
import { may, outranks, ROLE_NAMES } from '../may.ts'
import { told } from '../notices.ts'
import { open } from '../route.ts'
import { now } from '../server-date.ts'
import type { Session } from '../session.ts'
import { Avatar } from './avatar.tsx'
import { MoreIcon } from './icons.tsx'
import { Menu, MenuItem } from './menu.tsx'
import { Name } from './name.tsx'

interface Props {
  session: Session
  handle: ConversationHandle
  group: Group
  member: Member
}

export function MemberItem({ session, handle, group, member }: Props) {
  const { userId, role, mutedUntil } = member
  const isOnline = (session.presences.byUser.value.get(userId)?.online.length ?? 0) > 0
  const isMuted = mutedUntil > now()
  return (
    <li class="person" data-testid="member" data-user={userId} data-role={role} data-muted={isMuted}>
      <Avatar name={userId} isOnline={isOnline} />
      <Name class="peer" of={userId === session.user ? 'You' : userId} />
      {isMuted && <span class="tag">Muted</span>}
      {role !== 'member' && <span class="tag">{ROLE_NAMES[role]}</span>}
      {userId !== session.user && (
        <Menu label={`Actions for ${namedInText(userId)}`} icon={<MoreIcon />} testId="member-menu">
          {() => <MemberActions session={session} handle={handle} group={group} member={member} isMuted={isMuted} />}
        </Menu>
      )}
    </li>
  )
}

const HOUR = 3_600_000

/** What the user's role allows with a member of a lower one. */
function MemberActions({ session, handle, group, member: { userId, role }, isMuted }: Props & { isMuted: boolean }) {
  const { user } = session
  const isLower = outranks(group, { role })
  return (
    <>
      <MenuItem testId="write-to" onChoose={() => open(directConversationId(user, userId), user)}>
        Write to <Name of={userId} />
      </MenuItem>
      {group.role === 'owner' && (
        <MenuItem testId="set-role" onChoose={() => void told(handle.setRole(userId, role === 'admin' ? 'member' : 'admin'))}>
          {role === 'admin' ? 'Make a member' : 'Make an admin'}
        </MenuItem>
      )}
      {group.role === 'owner' && (
        <MenuItem testId="transfer" onChoose={() => askToTransfer(handle, group, userId)}>
          Hand the group over…
        </MenuItem>
      )}
      {isLower && may(group, 'mute') && (
        <MenuItem testId="mute-member" onChoose={() => void told(handle.mute([userId], isMuted ? 0 : now() + HOUR))}>
          {isMuted ? 'Let write again' : 'Mute for an hour'}
        </MenuItem>
      )}
      {isLower && may(group, 'remove') && (
        <MenuItem testId="remove-member" isDangerous onChoose={() => void told(handle.remove([userId]))}>
          Remove from the group
        </MenuItem>
      )}
    </>
  )
}

function askToTransfer(handle: ConversationHandle, { name }: Group, user: string): void {
  const question = `Hand “${namedInText(name)}” over to ${namedInText(user)}? You will be an admin.`
  ask({ name: 'confirm', question, says: 'Hand over', does: () => void told(handle.transfer(user)) })
}
