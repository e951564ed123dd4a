import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { endDialog } from '../dialogs.ts'
import { CloseIcon } from './icons.tsx'

interface Props {
  title: string
  testId: string
  class?: string
  children: ComponentChildren
}

/** A dialog before everything else; the browser keeps the focus within and closes it at Escape. */
export function Modal({ title, testId, class: className = '', children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    // What is to be filled in goes before the button that closes it.
    dialog.current?.querySelector<HTMLElement>('input, select')?.focus()
    return () => before instanceof HTMLElement && before.focus()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: for the keyboard there is Escape
    <dialog
      ref={dialog}
      class={`modal ${className}`}
      data-testid={testId}
      aria-labelledby={id}
      onClose={endDialog}
      onClick={(event) => {
        // On what lies around it.
        if (event.target === dialog.current) endDialog()
      }}
    >
      <div class="modal-body">
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="round" aria-label="Close" data-testid="close-dialog" onClick={endDialog}>
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
