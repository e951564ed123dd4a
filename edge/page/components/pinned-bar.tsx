import { useSignal } from '@preact/signals'
import type { Opened } from '../opened.ts'
import type { Session } from '../session.ts'
import { previewOf } from '../stored-message.ts'
import { PinIcon } from './icons.tsx'

/** The pinned messages, one at a time: a press goes to it, the next press to the one before. */
export function PinnedBar({ session, opened }: { session: Session; opened: Opened }) {
  const at = useSignal(0)
  const pinned = opened.pins.messages.value
  const shown = pinned[pinned.length - 1 - (at.value % Math.max(1, pinned.length))]
  if (!shown) return null
  return (
    <button
      type="button"
      class="bar pinned-bar"
      data-testid="pinned-bar"
      onClick={() => {
        at.value++
        void opened.timeline.goTo(shown.seq)
      }}
    >
      <PinIcon />
      <span class="bar-text">
        <b>{pinned.length === 1 ? 'Pinned message' : `Pinned message ${pinned.indexOf(shown) + 1} of ${pinned.length}`}</b>
        <span class="quoted" dir="auto">
          {previewOf(shown, session.user)}
        </span>
      </span>
    </button>
  )
}
