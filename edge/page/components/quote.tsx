import type { Opened } from '../opened.ts'
import { previewOf, type StoredMessage } from '../stored-message.ts'
import { hueOf } from './avatar.tsx'
import { Name } from './name.tsx'

interface Props {
  opened: Opened
  /** Of the message that is answered. */
  seq: number
  self: string
}

/** The message that another one answers, on one line; it leads there. */
export function Quote({ opened, seq, self }: Props) {
  const original = opened.message(seq)
  return (
    <button type="button" class="quote" data-testid="quote" data-seq={seq} onClick={() => void opened.timeline.goTo(seq)}>
      {original ? (
        <QuoteLines message={original} self={self} />
      ) : (
        <span class="hint">{original === null ? 'Message not available' : '…'}</span>
      )}
    </button>
  )
}

/** Who said what, for a quote. */
export function QuoteLines({ message, self }: { message: StoredMessage; self: string }) {
  return (
    <>
      <b class="sender" style={{ '--hue': String(hueOf(message.from)) }}>
        <Name of={message.from === self ? 'You' : message.from} />
      </b>
      <span class="quoted" dir="auto">
        {previewOf(message, self)}
      </span>
    </>
  )
}
