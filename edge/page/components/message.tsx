import { linked } from '../links.ts'
import type { Outbox } from '../outbox.ts'
import type { Mark, Row } from '../rows.ts'
import { clockTime } from '../time.ts'
import { ClockIcon, FailedIcon, TickIcon, TicksIcon } from './icons.tsx'

export function Message({ row, outbox }: { row: Row; outbox: Outbox }) {
  const { failed, mark } = row
  const own = mark !== undefined
  return (
    <li
      class={row.startsGroup ? 'message first' : 'message'}
      data-testid="message"
      data-seq={row.seq}
      data-own={String(own)}
      data-mark={mark}
    >
      <div class="bubble">
        {row.startsGroup && <span class="hidden">{own ? 'You:' : `${row.from}:`} </span>}
        <span class="text" data-testid="message-text" dir="auto">
          {linked(row.text).map((piece) =>
            typeof piece === 'string' ? (
              piece
            ) : (
              <a href={piece.href} target="_blank" rel="noopener noreferrer">
                {piece.text}
              </a>
            ),
          )}
        </span>
        <span class="meta">
          <time dateTime={new Date(row.at).toISOString()}>{clockTime(row.at)}</time>
          {mark && <MarkIcon mark={mark} />}
        </span>
      </div>
      {failed && (
        <p class="failure" role="alert">
          Not sent: {failed.failure}{' '}
          <button type="button" class="quiet" onClick={() => outbox.retry(failed.clientMessageId)}>
            Retry
          </button>{' '}
          <button type="button" class="quiet" onClick={() => outbox.discard(failed.clientMessageId)}>
            Discard
          </button>
        </p>
      )}
    </li>
  )
}

const MARKS = {
  sent: { says: 'On its way', Icon: ClockIcon },
  stored: { says: 'Stored', Icon: TickIcon },
  delivered: { says: 'Delivered', Icon: TicksIcon },
  read: { says: 'Read', Icon: TicksIcon },
  failed: { says: 'Not sent', Icon: FailedIcon },
} as const satisfies Record<Mark, object>

function MarkIcon({ mark }: { mark: Mark }) {
  const { says, Icon } = MARKS[mark]
  return (
    <span class="mark" role="img" aria-label={says} title={says}>
      <Icon />
    </span>
  )
}
