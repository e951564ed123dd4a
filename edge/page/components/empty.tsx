import type { Session } from '../session.ts'

/** Beside the list, where a conversation would be. */
export function Nobody({ session }: { session: Session }) {
  return (
    <main class="empty">
      <img src="icon.svg" alt="" width="64" height="64" />
      <h2>No conversation is open</h2>
      <p>
        {session.conversations.list.value.length > 0 ? 'Choose one on the left, or ' : 'On the left, '}
        type a name to write to somebody.
      </p>
      <p class="keys">
        <kbd>Alt</kbd> <kbd>↑</kbd> <kbd>↓</kbd> switches between conversations
      </p>
    </main>
  )
}

/** How to find somebody to talk to on a server of one's own. */
export function SecondPerson({ self }: { self: string }) {
  const other = self === 'bob' ? 'alice' : 'bob'
  return (
    <p>
      No conversations yet. Open{' '}
      <a href={`?as=${other}`} target="_blank" rel="noopener">
        a second window
      </a>
      , sign in as <b>{other}</b>, and write to each other.
    </p>
  )
}
