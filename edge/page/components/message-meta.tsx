import type { ComponentChildren } from 'preact'
import type { Mark, MessageRow } from '../rows.ts'
import { clockTime, dayAndTime } from '../time.ts'
import { ClockIcon, FailedIcon, PinIcon, TickIcon, TicksIcon, TimerIcon } from './icons.tsx'

/** The small print of a message: when, changed since, and how far it has come. */
export function MessageMeta({ row: { message, at, mark, gone } }: { row: MessageRow }) {
  return (
    <span class="meta">
      {!gone && message.pinned && <Sign says="Pinned" testId="pinned" icon={<PinIcon />} />}
      {!gone && message.expiresAt > 0 && (
        <Sign says={`Disappears at ${dayAndTime(message.expiresAt)}`} testId="disappears" icon={<TimerIcon />} />
      )}
      {!gone && message.editedAt > 0 && (
        <span data-testid="edited" title={`Edited at ${dayAndTime(message.editedAt)}`}>
          edited
        </span>
      )}
      <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
      {mark && !gone && <MarkIcon mark={mark} />}
    </span>
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

function Sign({ says, testId, icon }: { says: string; testId: string; icon: ComponentChildren }) {
  return (
    <span class="sign" data-testid={testId} role="img" aria-label={says} title={says}>
      {icon}
    </span>
  )
}
