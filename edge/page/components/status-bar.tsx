import type { Session } from '../session.ts'
import { signOut } from '../sign-in.ts'
import { type Action, statusOf } from '../status.ts'

export function StatusBar({ session }: { session: Session }) {
  const { text, action } = statusOf(session)
  return (
    <div class="status" data-testid="connection-state" data-state={session.state} role="status">
      <span class="dot" aria-hidden="true" />
      <span class="status-text">{text}</span>
      {action && (
        <button type="button" onClick={() => act(session, action.does)}>
          {action.label}
        </button>
      )}
    </div>
  )
}

function act(session: Session, action: Action): void {
  switch (action) {
    case 'reconnect':
      session.reconnect()
      return
    case 'sign-in':
      void signOut()
  }
}
