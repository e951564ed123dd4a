import { namedInText } from '../../../shared/foreign-text.ts'
import type { Session } from '../session.ts'

interface Props {
  session: Session
  conversationId: string
  isGroup: boolean
}

/** Who is typing; its place is kept free, so that nothing moves. */
export function TypingLine({ session, conversationId, isGroup }: Props) {
  const users = session.typing.users.value.get(conversationId) ?? []
  return (
    <p class="typing" data-testid="typing" aria-live="polite">
      {users.length > 0 && (
        <>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {isGroup || users.length > 1 ? inWords(users.map(namedInText)) : 'typing…'}
        </>
      )}
    </p>
  )
}

function inWords(users: readonly string[]): string {
  if (users.length === 1) return `${users[0]} is typing…`
  return users.length === 2 ? `${users[0]} and ${users[1]} are typing…` : `${users.length} people are typing…`
}
