import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import type { Thread } from '../messages.ts'
import { SendIcon } from './icons.tsx'

interface Props {
  thread: Thread
  input: RefObject<HTMLTextAreaElement | null>
  onSend: (text: string) => void
}

/** Enter sends, Shift+Enter begins a line; it grows with its text up to what the style allows. */
export function Composer({ thread, input, onSend }: Props) {
  const draft = thread.draft.value

  useLayoutEffect(() => {
    const box = input.current
    if (!box) return
    box.style.height = 'auto'
    box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`
  }, [draft])

  const send = (): void => {
    input.current?.focus()
    // What was typed last may not be rendered yet.
    const text = thread.draft.peek().trim()
    if (text === '') return
    thread.draft.value = ''
    onSend(text)
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={input}
        data-testid="composer"
        rows={1}
        value={draft}
        dir="auto"
        placeholder="Message"
        aria-label={`Message to ${thread.peer}`}
        enterkeyhint="send"
        onInput={(event) => {
          thread.draft.value = event.currentTarget.value
        }}
        onKeyDown={(event) => {
          // Enter that ends an input method's composition is not the person's.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <button type="submit" class="primary" data-testid="send" aria-label="Send" disabled={draft.trim() === ''}>
        <SendIcon />
      </button>
    </form>
  )
}
