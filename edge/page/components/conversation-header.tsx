import type { RefObject } from 'preact'
import { namedInText } from '../../../shared/foreign-text.ts'
import type { Conversation } from '../conversation.ts'
import { closeBeside, openBeside } from '../dialogs.ts'
import { LIST_HREF } from '../route.ts'
import type { Session } from '../session.ts'
import { lastSeen } from '../time.ts'
import { Avatar } from './avatar.tsx'
import { BackIcon, InfoIcon } from './icons.tsx'
import { Name } from './name.tsx'

interface Props {
  session: Session
  conversation: Conversation | undefined
  title: string
  peer: string
  heading: RefObject<HTMLHeadingElement | null>
  hasDetails: boolean
}

export function ConversationHeader({ session, conversation, title, peer, heading, hasDetails }: Props) {
  const isOnline = (session.presences.byUser.value.get(peer)?.online.length ?? 0) > 0
  return (
    <header>
      <a class="back" href={LIST_HREF} aria-label="Back to the conversations">
        <BackIcon />
      </a>
      <Avatar name={title} groupId={peer === '' ? conversation?.conversationId : undefined} isOnline={isOnline} />
      <div class="titles">
        <h2 ref={heading} tabIndex={-1} data-testid="title">
          <Name of={title} />
        </h2>
        <p class="subtitle" data-testid="subtitle">
          {peer === '' ? groupInWords(conversation) : presenceInWords(session, peer)}
        </p>
      </div>
      <button
        type="button"
        class="round"
        data-testid="details-toggle"
        aria-label="Details"
        title="Details"
        aria-expanded={hasDetails}
        onClick={() => (hasDetails ? closeBeside() : openBeside({ name: 'details' }))}
      >
        <InfoIcon />
      </button>
    </header>
  )
}

function groupInWords(conversation: Conversation | undefined): string {
  const group = conversation?.group
  if (!group) return ''
  if (conversation.left) return 'You are not in this group any more'
  if (group.dissolved) return 'Dissolved'
  return group.memberCount === 1 ? 'Only you' : `${group.memberCount} members`
}

/** Being there, and what the person says with it. */
export function presenceInWords(session: Session, user: string): string {
  const presence = session.presences.byUser.value.get(user)
  if (!presence) return ''
  const there = presence.online.length > 0 ? 'Online' : presence.lastSeen > 0 ? lastSeen(presence.lastSeen) : ''
  return [there, namedInText(presence.status)].filter((part) => part !== '').join(' · ')
}
