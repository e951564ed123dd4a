import { useSignal } from '@preact/signals'
import { userIdFault } from '../../../shared/conversation-id.ts'
import { open } from '../route.ts'
import type { Session } from '../session.ts'
import { signOut } from '../sign-in.ts'
import { ConversationList } from './conversation-list.tsx'
import { PlusIcon } from './icons.tsx'

export function Sidebar({ session }: { session: Session }) {
  return (
    <section class="sidebar" aria-label="Conversations">
      <header>
        <img src="icon.svg" alt="" width="28" height="28" />
        <h1>
          <bdi>{session.user}</bdi>
        </h1>
        <button type="button" class="quiet" onClick={() => void signOut()}>
          Sign out
        </button>
      </header>
      <NewConversation />
      <ConversationList session={session} />
    </section>
  )
}

function NewConversation() {
  const name = useSignal('')
  const fault = useSignal('')
  return (
    <form
      class="new"
      onSubmit={(event) => {
        event.preventDefault()
        const peer = name.value.trim()
        const wrong = userIdFault(peer)
        fault.value = wrong ? `The name ${wrong}.` : ''
        if (wrong) return
        name.value = ''
        open(peer)
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
