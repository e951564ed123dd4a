import { useSignal } from '@preact/signals'
import type { AudienceName } from 'hawser'
import { namedInText } from '../../../shared/foreign-text.ts'
import { endDialog } from '../dialogs.ts'
import { say, told } from '../notices.ts'
import type { Session } from '../session.ts'
import { signOut } from '../sign-in.ts'
import { Modal } from './modal.tsx'

const AUDIENCES = [
  { name: 'known', label: 'Everybody I write with' },
  { name: 'contacts', label: 'My contacts' },
  { name: 'nobody', label: 'Nobody' },
] as const satisfies readonly { name: AudienceName; label: string }[]

/** What the user says of himself, and who may see whether he is there. */
export function Profile({ session }: { session: Session }) {
  const said = session.status.said.peek()
  const text = useSignal(said.text)
  const audience = useSignal<AudienceName>(said.audience)

  const save = async (): Promise<void> => {
    if (await told(session.status.say({ text: text.value.trim(), audience: audience.value }))) {
      endDialog()
      say('Your status is set.')
    }
  }

  return (
    <Modal title={namedInText(session.user)} testId="profile-dialog">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <label>
          Status
          <input
            data-testid="status-text"
            value={text}
            onInput={({ currentTarget }) => {
              text.value = currentTarget.value
            }}
            maxLength={80}
            placeholder="What are you up to?"
          />
        </label>
        <label>
          Who sees it, and whether I am online
          <select
            data-testid="status-audience"
            value={audience}
            onChange={({ currentTarget }) => {
              audience.value = currentTarget.value as AudienceName
            }}
          >
            {AUDIENCES.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary" data-testid="save-status">
          Save
        </button>
        <button type="button" class="secondary" data-testid="sign-out" onClick={() => void leave()}>
          Sign out
        </button>
      </form>
    </Modal>
  )
}

async function leave(): Promise<void> {
  endDialog()
  await signOut()
}
