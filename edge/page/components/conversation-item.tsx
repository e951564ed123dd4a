import { namedInText } from '../../../shared/foreign-text.ts'
import { type Conversation, isMuted, titleOf } from '../conversation.ts'
import { hrefOf } from '../route.ts'
import type { Session } from '../session.ts'
import { previewOf } from '../stored-message.ts'
import { shortTime } from '../time.ts'
import { Avatar } from './avatar.tsx'
import { BellOffIcon, PinIcon } from './icons.tsx'
import { Name } from './name.tsx'

interface Props {
  session: Session
  conversation: Conversation
  isOpen: boolean
}

export function ConversationItem({ session, conversation, isOpen }: Props) {
  const { conversationId, peer, last, unread, mentions, preference } = conversation
  const isOnline = (session.presences.byUser.value.get(peer)?.online.length ?? 0) > 0
  return (
    <li>
      <a
        class="item"
        href={hrefOf(conversationId, session.user)}
        data-testid="conversation"
        data-conversation={conversationId}
        data-peer={peer || undefined}
        data-unread={unread}
        data-mentions={mentions}
        data-muted={isMuted(conversation)}
        data-pinned={preference.pinned}
        aria-current={isOpen ? 'page' : undefined}
      >
        <Avatar name={titleOf(conversation)} groupId={peer === '' ? conversationId : undefined} isOnline={isOnline} />
        <span class="peer">
          <Name of={titleOf(conversation)} />
          {isMuted(conversation) && <BellOffIcon />}
          {preference.pinned && <PinIcon />}
        </span>
        {last && <time dateTime={new Date(last.sentAt).toISOString()}>{shortTime(last.sentAt)}</time>}
        <span class="snippet">
          <Snippet session={session} conversation={conversation} isOpen={isOpen} />
        </span>
        {(unread > 0 || mentions > 0) && (
          <span class="badges">
            {mentions > 0 && (
              <span class="badge mentioned" data-testid="mention-badge">
                @<span class="hidden"> you were mentioned</span>
              </span>
            )}
            <span class="badge">
              {unread > 99 ? '99+' : unread}
              <span class="hidden"> unread</span>
            </span>
          </span>
        )}
      </a>
    </li>
  )
}

/** Who is typing, or what is begun here, or what was said last. */
function Snippet({ session, conversation, isOpen }: Props) {
  const { conversationId, peer, last, preference } = conversation
  const typing = session.typing.users.value.get(conversationId)
  if (typing) return <span class="live">{peer === '' ? `${namedInText(typing[0] ?? '')} is typing…` : 'typing…'}</span>
  const draft = isOpen ? '' : session.drafts.text(conversationId).value || preference.draft
  if (draft !== '') {
    return (
      <>
        <span class="draft" data-testid="draft">
          Draft:
        </span>{' '}
        <bdi>{draft}</bdi>
      </>
    )
  }
  if (!last) return null
  const isOwn = last.from === session.user
  return (
    <>
      {!last.change && (isOwn || peer === '') && <>{isOwn ? 'You' : <Name of={last.from} />}: </>}
      <bdi>{previewOf(last, session.user)}</bdi>
    </>
  )
}
