import { useEffect, useRef } from 'preact/hooks'
import type { Conversation } from '../conversations.ts'
import { hrefOf, openPeer } from '../route.ts'
import { textOf } from '../rows.ts'
import type { Session } from '../session.ts'
import { shortTime } from '../time.ts'
import { Avatar } from './avatar.tsx'
import { SecondPerson } from './empty.tsx'

export function ConversationList({ session }: { session: Session }) {
  const { conversations } = session
  const list = conversations.list.value
  const peer = openPeer.value
  const isUnlisted = peer !== undefined && !conversations.with(peer)

  // Back from a conversation on a narrow screen: the focus returns to where it came from.
  const nav = useRef<HTMLElement>(null)
  const former = useRef(peer)
  useEffect(() => {
    if (peer === undefined && former.current !== undefined) {
      nav.current?.querySelector<HTMLElement>(`[data-peer=${CSS.escape(former.current)}]`)?.focus()
    }
    former.current = peer
  }, [peer])

  return (
    <nav ref={nav} aria-label="Conversations">
      <ul>
        {isUnlisted && <Item key={peer} peer={peer} conversation={undefined} self={session.user} isOpen />}
        {list.map((each) => (
          <Item key={each.peer} peer={each.peer} conversation={each} self={session.user} isOpen={each.peer === peer} />
        ))}
      </ul>
      {list.length === 0 && !isUnlisted && (
        <div class="hint">{conversations.loaded.value ? <SecondPerson self={session.user} /> : 'Loading conversations…'}</div>
      )}
      {conversations.hasMore.value && (
        <button type="button" class="quiet" onClick={() => void conversations.loadMore()}>
          Show earlier conversations
        </button>
      )}
    </nav>
  )
}

interface ItemProps {
  peer: string
  conversation: Conversation | undefined
  self: string
  isOpen: boolean
}

function Item({ peer, conversation, self, isOpen }: ItemProps) {
  const last = conversation?.last
  const unread = conversation?.unread ?? 0
  return (
    <li>
      <a
        class="item"
        href={hrefOf(peer)}
        data-testid="conversation"
        data-peer={peer}
        data-unread={unread}
        aria-current={isOpen ? 'page' : undefined}
      >
        <Avatar name={peer} />
        <bdi class="peer">{peer}</bdi>
        {last && <time dateTime={new Date(last.sentAt).toISOString()}>{shortTime(last.sentAt)}</time>}
        <span class="snippet" dir="auto">
          {last && `${last.from === self ? 'You: ' : ''}${textOf(last)}`}
        </span>
        {unread > 0 && (
          <span class="badge">
            {unread > 99 ? '99+' : unread}
            <span class="hidden"> unread</span>
          </span>
        )}
      </a>
    </li>
  )
}
