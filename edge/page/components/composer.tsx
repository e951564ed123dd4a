import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { namedInText } from '../../../shared/foreign-text.ts'
import { begunName, completed } from '../mentions.ts'
import type { Opened } from '../opened.ts'
import type { Session } from '../session.ts'
import { editLast, submit, textIn, typed } from '../writing.ts'
import { AttachButton, takeFiles } from './attach-button.tsx'
import { useGrowing } from './growing.ts'
import { SendIcon, TickIcon } from './icons.tsx'
import { MentionList, namesFor } from './mention-list.tsx'
import { SendMenu } from './send-menu.tsx'

interface Props {
  session: Session
  opened: Opened
  title: string
  isGroup: boolean
  input: RefObject<HTMLTextAreaElement | null>
}

/** Enter sends, Shift+Enter begins a line. */
export function Composer({ session, opened, title, isGroup, input }: Props) {
  const task = opened.composing.task.value
  const text = textIn(session, opened)
  const begun = useSignal<string | undefined>(undefined)
  const chosen = useSignal(0)
  const names = isGroup && begun.value !== undefined ? namesFor(session, opened, begun.value) : []

  useGrowing(input, text)

  // An answer or an edit is begun elsewhere, and written here.
  const begunTask = task.name === 'write' ? undefined : task.name === 'reply' ? task.to : task.message
  useEffect(() => {
    if (begunTask) input.current?.focus()
  }, [begunTask])

  const follow = (box: HTMLTextAreaElement): void => {
    begun.value = box.selectionStart === box.selectionEnd ? begunName(box.value, box.selectionStart) : undefined
    chosen.value = 0
  }
  const complete = (name: string): void => {
    const box = input.current
    if (!box) return
    const whole = completed(box.value, box.selectionStart, name)
    begun.value = undefined
    box.value = whole.text
    box.setSelectionRange(whole.caret, whole.caret)
    typed(session, opened, whole.text)
    box.focus()
  }
  const send = (): void => {
    input.current?.focus()
    begun.value = undefined
    submit(session, opened)
  }
  const onKey = (event: KeyboardEvent): void => {
    // Enter that ends an input method's composition is not the person's.
    if (event.isComposing) return
    const name = names[chosen.value]
    if (name !== undefined && (event.key === 'Enter' || event.key === 'Tab')) complete(name)
    else if (name !== undefined && event.key === 'ArrowDown') chosen.value = (chosen.value + 1) % names.length
    else if (name !== undefined && event.key === 'ArrowUp') chosen.value = (chosen.value + names.length - 1) % names.length
    else if (name !== undefined && event.key === 'Escape') begun.value = undefined
    else if (event.key === 'Enter' && !event.shiftKey) send()
    else if (event.key === 'Escape' && task.name !== 'write') opened.composing.write()
    else if (event.key !== 'ArrowUp' || text !== '' || task.name !== 'write' || event.altKey || !editLast(session, opened)) return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <AttachButton session={session} conversationId={opened.handle.id} />
      <div class="field">
        <MentionList names={names} chosen={chosen.value} onChoose={complete} />
        <textarea
          ref={input}
          data-testid="composer"
          rows={1}
          value={text}
          dir="auto"
          placeholder="Message"
          aria-label={`Message to ${namedInText(title)}`}
          aria-autocomplete={isGroup ? 'list' : 'none'}
          aria-controls={names.length > 0 ? 'names' : undefined}
          aria-activedescendant={names.length > 0 ? `name-${chosen.value}` : undefined}
          enterkeyhint="send"
          onInput={({ currentTarget }) => {
            typed(session, opened, currentTarget.value)
            follow(currentTarget)
          }}
          onPaste={(event) => takeFiles(session, opened.handle.id, event.clipboardData, event)}
          onBlur={() => {
            begun.value = undefined
          }}
          onKeyDown={onKey}
        />
      </div>
      <SendMenu session={session} opened={opened} />
      <button
        type="submit"
        class="primary"
        data-testid="send"
        aria-label={task.name === 'edit' ? 'Save the edit' : 'Send'}
        disabled={text.trim() === ''}
      >
        {task.name === 'edit' ? <TickIcon /> : <SendIcon />}
      </button>
    </form>
  )
}
