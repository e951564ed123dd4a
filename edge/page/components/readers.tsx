import { useSignal } from '@preact/signals'
import type { Readers as ReadersOf } from 'hawser'
import { useEffect } from 'preact/hooks'
import type { Session } from '../session.ts'
import type { StoredMessage } from '../stored-message.ts'
import { inWords } from '../words.ts'
import { Modal } from './modal.tsx'
import { PeopleList } from './people-list.tsx'

/** Who has read a message, and how many have it. */
export function Readers({ session, message }: { session: Session; message: StoredMessage }) {
  const found = useSignal<ReadersOf | undefined>(undefined)
  const fault = useSignal('')

  const ask = (cursor: string): void => {
    const before = cursor === '' ? [] : (found.peek()?.readers ?? [])
    session.client
      .conversation(message.conversationId)
      .readers(message.seq, { cursor })
      .then(
        (readers) => {
          found.value = { ...readers, readers: [...before, ...readers.readers] }
        },
        (error: unknown) => {
          fault.value = inWords(error)
        },
      )
  }
  useEffect(() => ask(''), [message])

  const { readCount = 0, deliveredCount = 0, memberCount = 0, readers = [], nextCursor = '' } = found.value ?? {}
  return (
    <Modal title="Read by" testId="readers-dialog">
      <p class="fault">{fault}</p>
      {found.value && (
        <p class="hint" data-testid="readers-summary">
          Read by {readCount} of {memberCount}, delivered to {deliveredCount}
        </p>
      )}
      <PeopleList session={session} users={readers.map(({ userId }) => userId)} testId="reader" />
      {nextCursor !== '' && (
        <button type="button" class="quiet" onClick={() => ask(nextCursor)}>
          Show more
        </button>
      )}
    </Modal>
  )
}
