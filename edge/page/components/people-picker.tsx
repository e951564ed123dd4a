import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { namedInText } from '../../../shared/foreign-text.ts'
import type { Session } from '../session.ts'
import { nameFault } from '../words.ts'
import { CloseIcon, PlusIcon } from './icons.tsx'
import { Name } from './name.tsx'

interface Props {
  session: Session
  label: string
  chosen: readonly string[]
  onChange: (users: readonly string[]) => void
}

/** Names, one after the other; those whom one writes to are offered. */
export function PeoplePicker({ session, label, chosen, onChange }: Props) {
  const id = useId()
  const text = useSignal('')
  const fault = useSignal('')
  const known = session.conversations.list.value.map(({ peer }) => peer).filter((peer) => peer !== '' && peer !== session.user)

  const add = (): void => {
    const users = text.value.split(/[\s,]+/).filter((user) => user !== '')
    const wrong = users.find((user) => nameFault(user) !== undefined)
    fault.value = wrong === undefined ? '' : `“${namedInText(wrong)}”: ${nameFault(wrong)}`
    if (wrong !== undefined) return
    onChange([...new Set([...chosen, ...users])].filter((user) => user !== session.user))
    text.value = ''
  }

  return (
    <div class="picker-field">
      <label for={`${id}-input`}>{label}</label>
      <div class="with-button">
        <input
          id={`${id}-input`}
          data-testid="people-input"
          list={`${id}-known`}
          value={text}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value
            fault.value = ''
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || text.value.trim() === '') return
            event.preventDefault()
            add()
          }}
          onBlur={add}
          placeholder="Name"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
        />
        <button type="button" class="round" aria-label="Add the name" data-testid="people-add" onClick={add}>
          <PlusIcon />
        </button>
      </div>
      <datalist id={`${id}-known`}>
        {known.map((user) => (
          <option key={user} value={user} />
        ))}
      </datalist>
      <p class="fault" role="alert">
        {fault}
      </p>
      {chosen.length > 0 && (
        <ul class="chips" aria-label="Chosen">
          {chosen.map((user) => (
            <li key={user} class="chip">
              <Name of={user} />
              <button
                type="button"
                aria-label={`Without ${namedInText(user)}`}
                onClick={() => onChange(chosen.filter((each) => each !== user))}
              >
                <CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
