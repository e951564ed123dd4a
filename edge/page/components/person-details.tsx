import type { ConversationHandle } from 'hawser'
import { namedInText } from '../../../shared/foreign-text.ts'
import { ask } from '../dialogs.ts'
import { told } from '../notices.ts'
import type { Session } from '../session.ts'
import { BlockIcon } from './icons.tsx'
import { Name } from './name.tsx'

interface Props {
  session: Session
  handle: ConversationHandle
  peer: string
}

/** What the user and another are to each other (docs/PROTOCOL.md, P2 and P3). */
export function PersonDetails({ session, handle, peer }: Props) {
  const { contact = 'none', blocked = false } = session.relations.byUser.value.get(peer) ?? {}
  return (
    <section class="stack" aria-label={`You and ${namedInText(peer)}`}>
      <ContactActions handle={handle} contact={contact} peer={peer} />
      <button
        type="button"
        class="secondary dangerous"
        data-testid="block"
        onClick={() => (blocked ? void told(session.client.unblock(peer)) : askToBlock(session, peer))}
      >
        <BlockIcon />
        <span>
          {blocked ? 'Unblock' : 'Block'} <Name of={peer} />
        </span>
      </button>
    </section>
  )
}

interface ContactProps {
  handle: ConversationHandle
  contact: 'none' | 'asked' | 'wasAsked' | 'contact'
  peer: string
}

function ContactActions({ handle, contact, peer }: ContactProps) {
  switch (contact) {
    case 'none':
      return (
        <button type="button" class="secondary" data-testid="contact-ask" onClick={() => void told(handle.requestContact())}>
          Ask to be contacts
        </button>
      )
    case 'asked':
      return (
        <button type="button" class="secondary" data-testid="contact-end" onClick={() => void told(handle.removeContact())}>
          Asked to be contacts · take back
        </button>
      )
    case 'wasAsked':
      return (
        <div class="choices">
          <p>
            <Name of={peer} /> asks to be contacts.
          </p>
          <button type="button" class="secondary" data-testid="contact-decline" onClick={() => void told(handle.declineContact())}>
            Decline
          </button>
          <button type="button" class="primary" data-testid="contact-accept" onClick={() => void told(handle.acceptContact())}>
            Accept
          </button>
        </div>
      )
    case 'contact':
      return (
        <button type="button" class="secondary" data-testid="contact-end" onClick={() => void told(handle.removeContact())}>
          You are contacts · end it
        </button>
      )
  }
}

function askToBlock(session: Session, peer: string): void {
  ask({
    name: 'confirm',
    question: `Block ${namedInText(peer)}? Messages and requests of ${namedInText(peer)} will be refused.`,
    says: 'Block',
    does: () => void told(session.client.block(peer)),
  })
}
