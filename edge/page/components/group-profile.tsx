import { useSignal } from '@preact/signals'
import type { ConversationHandle, Group } from 'hawser'
import { told } from '../notices.ts'

/** What a group is called, for those who may say. */
export function GroupProfile({ handle, group }: { handle: ConversationHandle; group: Group }) {
  const name = useSignal<string | undefined>(undefined)
  const description = useSignal<string | undefined>(undefined)
  const isChanged = (name.value ?? group.name) !== group.name || (description.value ?? group.description) !== group.description

  const save = async (): Promise<void> => {
    const changes = {
      ...(name.value !== undefined && { name: name.value.trim() }),
      ...(description.value !== undefined && { description: description.value.trim() }),
    }
    if (!(await told(handle.update(changes)))) return
    name.value = undefined
    description.value = undefined
  }

  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged) void save()
      }}
    >
      <label>
        Name
        <input
          data-testid="rename"
          value={name.value ?? group.name}
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value
          }}
          maxLength={64}
          required
        />
      </label>
      <label>
        What it is about
        <input
          data-testid="describe"
          value={description.value ?? group.description}
          onInput={({ currentTarget }) => {
            description.value = currentTarget.value
          }}
          maxLength={256}
        />
      </label>
      {isChanged && (
        <button type="submit" class="primary" data-testid="save-group">
          Save
        </button>
      )}
    </form>
  )
}
