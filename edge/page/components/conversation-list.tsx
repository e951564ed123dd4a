import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { blank, type Conversation } from '../conversation.ts'
import { conversationAt, openPlace } from '../route.ts'
import type { Session } from '../session.ts'
import { ConversationItem } from './conversation-item.tsx'
import { SecondPerson } from './empty.tsx'
import { ArchiveIcon } from './icons.tsx'

export function ConversationList({ session }: { session: Session }) {
  const { conversations, user } = session
  const list = conversations.list.value
  const place = openPlace.value
  const openId = place && conversationAt(place, user)
  const isUnlisted = openId !== undefined && !conversations.get(openId)
  const archived = list.filter(({ preference }) => preference.archived)
  const rest = list.filter(({ preference }) => !preference.archived)
  const showsArchived = useSignal(false)

  // Back from a conversation on a narrow screen: the focus returns to where it came from.
  const nav = useRef<HTMLElement>(null)
  const former = useRef(openId)
  useEffect(() => {
    if (openId === undefined && former.current !== undefined) {
      nav.current?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(former.current)}"]`)?.focus()
    }
    former.current = openId
  }, [openId])

  const item = (each: Conversation) => (
    <ConversationItem key={each.conversationId} session={session} conversation={each} isOpen={each.conversationId === openId} />
  )
  return (
    <nav ref={nav} aria-label="Conversations">
      <ul>
        {isUnlisted && item(blank(openId, user))}
        {rest.map(item)}
      </ul>
      {list.length === 0 && !isUnlisted && (
        <div class="hint">{conversations.loaded.value ? <SecondPerson self={user} /> : 'Loading conversations…'}</div>
      )}
      {archived.length > 0 && (
        <button
          type="button"
          class="archived-toggle"
          data-testid="archived-toggle"
          aria-expanded={showsArchived.value}
          onClick={() => {
            showsArchived.value = !showsArchived.value
          }}
        >
          <ArchiveIcon /> Archived <span class="count">{archived.length}</span>
        </button>
      )}
      {showsArchived.value && <ul data-testid="archived">{archived.map(item)}</ul>}
      {conversations.hasMore.value && (
        <button type="button" class="quiet" onClick={() => void conversations.loadMore()}>
          Show earlier conversations
        </button>
      )}
    </nav>
  )
}
