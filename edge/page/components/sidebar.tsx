import { useSignal } from '@preact/signals'
import { directConversationId } from '../../../shared/conversation-id.ts'
import { ask } from '../dialogs.ts'
import { open } from '../route.ts'
import type { Session } from '../session.ts'
import { nameFault } from '../words.ts'
import { ConversationList } from './conversation-list.tsx'
import { GroupIcon, PlusIcon, RoomIcon, SearchIcon } from './icons.tsx'
import { Name } from './name.tsx'
import { SearchPanel } from './search-panel.tsx'

export function Sidebar({ session }: { session: Session }) {
  const { isOpen } = session.search
  return (
    <section class="sidebar" aria-label="Conversations">
      <header>
        <img src="icon.svg" alt="" width="28" height="28" />
        <h1>
          <button type="button" class="self" data-testid="profile" title="Your status" onClick={() => ask({ name: 'profile' })}>
            <Name of={session.user} />
          </button>
        </h1>
        <button
          type="button"
          class="round"
          data-testid="search-open"
          aria-label="Search"
          title="Search (Ctrl+K)"
          onClick={() => {
            isOpen.value = true
          }}
        >
          <SearchIcon />
        </button>
        <button
          type="button"
          class="round"
          data-testid="new-group"
          aria-label="New group"
          title="New group"
          onClick={() => ask({ name: 'new-group' })}
        >
          <GroupIcon />
        </button>
        <button
          type="button"
          class="round"
          data-testid="rooms"
          aria-label="Enter a room"
          title="Enter a room"
          onClick={() => ask({ name: 'enter-room' })}
        >
          <RoomIcon />
        </button>
      </header>
      {isOpen.value ? (
        <SearchPanel session={session} />
      ) : (
        <>
          <NewConversation self={session.user} />
          <ConversationList session={session} />
        </>
      )}
    </section>
  )
}

function NewConversation({ self }: { self: string }) {
  const name = useSignal('')
  const fault = useSignal('')
  return (
    <form
      class="new"
      onSubmit={(event) => {
        event.preventDefault()
        const peer = name.value.trim()
        const wrong = nameFault(peer)
        fault.value = wrong ?? ''
        if (wrong !== undefined) return
        name.value = ''
        open(directConversationId(self, peer), self)
      }}
    >
      <input
        data-testid="new-conversation"
        value={name}
        onInput={(event) => {
          name.value = event.currentTarget.value
          fault.value = ''
        }}
        placeholder="Write to…"
        aria-label="Start a conversation with"
        aria-describedby="new-fault"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={128}
      />
      <button type="submit" aria-label="Start the conversation">
        <PlusIcon />
      </button>
      <p id="new-fault" class="fault" role="alert">
        {fault}
      </p>
    </form>
  )
}
