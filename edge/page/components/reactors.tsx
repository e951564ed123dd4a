import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { told } from '../notices.ts'
import type { Session } from '../session.ts'
import type { StoredMessage } from '../stored-message.ts'
import { Modal } from './modal.tsx'
import { Name } from './name.tsx'
import { PeopleList } from './people-list.tsx'

interface Props {
  session: Session
  message: StoredMessage
  /** The reaction whose people are shown first. */
  chosen: string
}

/** Who has reacted to a message with what. */
export function Reactors({ session, message, chosen }: Props) {
  const key = useSignal(chosen)
  const users = useSignal<readonly string[]>([])
  useEffect(() => {
    const asked = key.value
    const asking = session.client.conversation(message.conversationId).reactors(message.seq, asked)
    void told(
      asking.then((found) => {
        if (asked === key.peek()) users.value = found.users
      }),
    )
  }, [key.value])
  return (
    <Modal title="Reactions" testId="reactors-dialog">
      <ul class="reactions">
        {message.reactions.map((reaction) => (
          <li key={reaction.key}>
            <button
              type="button"
              class="reaction"
              aria-pressed={reaction.key === key.value}
              onClick={() => {
                key.value = reaction.key
              }}
            >
              <Name of={reaction.key} />
              <span class="count">{reaction.count}</span>
            </button>
          </li>
        ))}
      </ul>
      <PeopleList session={session} users={users.value} testId="reactor" />
    </Modal>
  )
}
