import { useRef } from 'preact/hooks'
import type { Session } from '../session.ts'
import { ClipIcon } from './icons.tsx'

export function AttachButton({ session, conversationId }: { session: Session; conversationId: string }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button
        type="button"
        class="round"
        data-testid="attach"
        aria-label="Attach files"
        title="Attach files"
        onClick={() => input.current?.click()}
      >
        <ClipIcon />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="attach-input"
        onChange={({ currentTarget }) => {
          for (const file of currentTarget.files ?? []) session.uploads.add(conversationId, file)
          currentTarget.value = ''
        }}
      />
    </>
  )
}

/** Files that were pasted or dropped; without any, the browser does what it does. */
export function takeFiles(session: Session, conversationId: string, from: DataTransfer | null, event: Event): void {
  if (!from || from.files.length === 0) return
  event.preventDefault()
  for (const file of from.files) session.uploads.add(conversationId, file)
}
