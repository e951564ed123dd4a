import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { useGrowing } from './growing.ts'
import { SendIcon } from './icons.tsx'

interface Props {
  /** What is written here, for those who do not see where it stands. */
  label: string
  placeholder: string
  testId: string
  onTyping?: () => void
  onSend: (text: string) => void
}

/** Enter sends, Shift+Enter begins a line. What is begun here is no draft: it goes with what it stands in. */
export function QuickComposer({ label, placeholder, testId, onTyping, onSend }: Props) {
  const text = useSignal('')
  const input = useRef<HTMLTextAreaElement>(null)
  useGrowing(input, text.value)
  useEffect(() => input.current?.focus(), [label])

  const send = (): void => {
    const whole = text.peek().trim()
    if (whole !== '') onSend(whole)
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
          data-testid={testId}
          rows={1}
          value={text.value}
          dir="auto"
          placeholder={placeholder}
          aria-label={label}
          enterkeyhint="send"
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value
            onTyping?.()
          }}
          onKeyDown={(event) => {
            // Enter that ends an input method's composition is not the person's.
            if (event.isComposing || event.key !== 'Enter' || event.shiftKey) return
            event.preventDefault()
            send()
          }}
        />
      </div>
      <button type="submit" class="primary" aria-label="Send" disabled={text.value.trim() === ''}>
        <SendIcon />
      </button>
    </form>
  )
}
