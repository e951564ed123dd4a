import type { Session } from './session.ts'
import { clockTime } from './time.ts'
import { closedInWords } from './words.ts'

export type Action = 'reconnect' | 'sign-in'

/** The connection in words, and what the person can do about it. */
export interface Status {
  readonly text: string
  readonly action?: { readonly does: Action; readonly label: string }
}

export function statusOf(session: Session): Status {
  const problem = session.tokenProblem.value
  const state = session.state.value
  if (problem !== undefined && state !== 'online') {
    return { text: problem, action: signInAgain }
  }
  switch (state) {
    case 'connecting':
      return { text: 'Connecting…' }
    case 'syncing':
      return { text: 'Catching up…' }
    case 'online':
      return { text: 'Online' }
    case 'waiting':
      return { text: 'Offline, waiting to reconnect. What you send is kept.', action: { does: 'reconnect', label: 'Reconnect now' } }
    case 'closed':
      return closedStatus(session)
  }
}

const signInAgain = { does: 'sign-in', label: 'Sign in again' } as const

function closedStatus(session: Session): Status {
  const closed = session.closed.value
  switch (closed?.code) {
    case 'displaced': {
      const at = closed.by ? ` at ${clockTime(closed.by.at)}` : ''
      return { text: `Signed in on another device${at}.`, action: { does: 'reconnect', label: 'Use here' } }
    }
    case 'replaced':
      return { text: 'This tab was opened again elsewhere.', action: { does: 'reconnect', label: 'Use here' } }
    case 'token_invalid':
    case 'token_expired':
    case 'denied':
      return { text: closedInWords(closed.code), action: signInAgain }
    default:
      return { text: closed ? closedInWords(closed.code) : 'Disconnected.', action: { does: 'reconnect', label: 'Connect again' } }
  }
}
