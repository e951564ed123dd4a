import { useEffect, useRef } from 'preact/hooks'
import { directPeer } from '../../../shared/conversation-id.ts'
import { titleOf } from '../conversation.ts'
import { open } from '../route.ts'
import type { Session } from '../session.ts'
import { previewOf, type StoredMessage } from '../stored-message.ts'
import { shortTime } from '../time.ts'
import { Avatar } from './avatar.tsx'
import { CloseIcon } from './icons.tsx'
import { Name } from './name.tsx'

/** In place of the list: messages of all conversations that have the words. */
export function SearchPanel({ session }: { session: Session }) {
  const { search } = session
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const found = search.found.value
  return (
    <search class="search">
      <div class="with-button">
        <input
          ref={input}
          type="search"
          data-testid="search"
          value={search.text}
          onInput={({ currentTarget }) => search.type(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.preventDefault()
            search.close()
          }}
          placeholder="Search all messages"
          aria-label="Search all messages"
        />
        <button type="button" class="round" data-testid="search-close" aria-label="End the search" onClick={() => search.close()}>
          <CloseIcon />
        </button>
      </div>
      <p class="hint" role="status">
        {search.state.value === 'done' && found.length === 0 && !search.fault.value && 'Nothing found.'}
      </p>
      <p class="fault">{search.fault}</p>
      <nav aria-label="Found messages">
        <ul>
          {found.map((message) => (
            <Found key={`${message.conversationId} ${message.seq}`} session={session} message={message} />
          ))}
        </ul>
        {search.nextCursor.value !== '' && found.length > 0 && (
          <button type="button" class="quiet" onClick={() => void search.more()}>
            Show more
          </button>
        )}
      </nav>
    </search>
  )
}

function Found({ session, message }: { session: Session; message: StoredMessage }) {
  const { conversationId, seq, from, sentAt } = message
  const peer = directPeer(conversationId, session.user) ?? ''
  const title = titleOf(session.conversations.get(conversationId) ?? { conversationId, peer, group: undefined })
  return (
    <li>
      <button
        type="button"
        class="item"
        data-testid="found"
        onClick={() => {
          void session.opened(conversationId).timeline.goTo(seq)
          open(conversationId, session.user)
        }}
      >
        <Avatar name={title} groupId={peer === '' ? conversationId : undefined} />
        <Name class="peer" of={title} />
        <time dateTime={new Date(sentAt).toISOString()}>{shortTime(sentAt)}</time>
        <span class="snippet two-lines">
          {(from === session.user || peer === '') && <>{from === session.user ? 'You' : <Name of={from} />}: </>}
          <bdi>
            <Hit text={previewOf(message, session.user)} words={session.search.text.value} />
          </bdi>
        </span>
      </button>
    </li>
  )
}

/** The found text from a little before the first of the words on, the words marked. */
function Hit({ text, words }: { text: string; words: string }) {
  const wanted = words.trim().split(/\s+/).filter(Boolean)
  const any = new RegExp(`(${wanted.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'giu')
  const from = Math.max(0, text.search(any) - 20)
  const parts = `${from > 0 ? '…' : ''}${text.slice(from)}`.split(any)
  return <>{parts.map((part, at) => (at % 2 === 1 ? <mark>{part}</mark> : part))}</>
}
