import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Opened } from '../opened.ts'
import type { Session } from '../session.ts'
import { submitToThread } from '../writing.ts'
import { useGrowing } from './growing.ts'
import { SendIcon } from './icons.tsx'

interface Props {
  session: Session
  opened: Opened
  root: number
}

/** Enter sends, Shift+Enter begins a line. What is begun here is no draft: it goes with the panel. */
export function ThreadComposer({ session, opened, root }: Props) {
  const text = useSignal('')
  const input = useRef<HTMLTextAreaElement>(null)
  useGrowing(input, text.value)
  useEffect(() => input.current?.focus(), [root])

  const send = (): void => {
    submitToThread(session, opened, root, text.peek())
    text.value = ''
    input.current?.focus()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div class="field">
        <textarea
          ref={input}
          data-testid="thread-composer"
          rows={1}
          value={text.value}
          dir="auto"
          placeholder="Answer"
          aria-label="Answer in the thread"
          enterkeyhint="send"
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value
            opened.handle.typing()
          }}
          onKeyDown={(event) => {
            // Enter that ends an input method's composition is not the person's.
            if (event.isComposing || event.key !== 'Enter' || event.shiftKey) return
            event.preventDefault()
            send()
          }}
        />
      </div>
      <button type="submit" class="primary" data-testid="thread-send" aria-label="Send" disabled={text.value.trim() === ''}>
        <SendIcon />
      </button>
    </form>
  )
}
