import type { Group } from 'hawser'
import type { RefObject } from 'preact'
import { ask } from '../dialogs.ts'
import { told } from '../notices.ts'
import type { Opened } from '../opened.ts'
import { now } from '../server-date.ts'
import type { Session } from '../session.ts'
import type { Standing } from '../standing.ts'
import { dayAndTime } from '../time.ts'
import { Composer } from './composer.tsx'
import { ClockIcon } from './icons.tsx'
import { Name } from './name.tsx'
import { TaskBar } from './task-bar.tsx'

interface Props {
  session: Session
  opened: Opened
  title: string
  peer: string
  standing: Standing
  input: RefObject<HTMLTextAreaElement | null>
}

const WHY = {
  outside: 'You are not in this group.',
  dissolved: 'This group is dissolved. What was said stays.',
  'readers-only': 'Only some may write here.',
  blocked: '',
} as const satisfies Record<Exclude<Standing, 'free' | 'muted'>, string>

/** Where one writes, or why one cannot. */
export function ComposerArea({ session, opened, title, peer, standing, input }: Props) {
  if (standing === 'blocked') {
    return (
      <p class="closed" data-testid="closed">
        You have blocked <Name of={peer} />.{' '}
        <button type="button" class="quiet" data-testid="unblock" onClick={() => void told(session.client.unblock(peer))}>
          Unblock
        </button>
      </p>
    )
  }
  if (standing !== 'free') {
    return (
      <p class="closed" data-testid="closed">
        {standing === 'muted' ? mutedInWords(session.conversations.get(opened.handle.id)?.group) : WHY[standing]}{' '}
        {standing === 'outside' && (
          <button type="button" class="quiet" data-testid="join" onClick={() => void join(session, opened)}>
            Join
          </button>
        )}
      </p>
    )
  }
  return (
    <div class="writing">
      <ScheduledBar session={session} conversationId={opened.handle.id} />
      <TaskBar opened={opened} self={session.user} />
      <Composer session={session} opened={opened} title={title} isGroup={peer === ''} input={input} />
    </div>
  )
}

/** Until when, where that is to be seen. */
function mutedInWords(group: Group | undefined): string {
  const until = Math.max(group?.ownMutedUntil ?? 0, group?.role === 'member' ? group.mutedUntil : 0)
  const isLong = until - now() > A_YEAR
  return `You may not write here ${isLong ? 'until an admin lets you' : `until ${dayAndTime(until)}`}.`
}

const A_YEAR = 365 * 86_400_000

/** A group that is not open looks as if it were not there (docs/PROTOCOL.md, G4). */
async function join(session: Session, { handle, timeline }: Opened): Promise<void> {
  if (!(await told(handle.join()))) return
  await told(session.conversations.refresh())
  await timeline.retry()
}

function ScheduledBar({ session, conversationId }: { session: Session; conversationId: string }) {
  const count = session.scheduled.list.value.filter((message) => message.conversationId === conversationId).length
  if (count === 0) return null
  return (
    <button type="button" class="bar" data-testid="scheduled-bar" onClick={() => ask({ name: 'scheduled', conversationId })}>
      <ClockIcon />
      <span class="bar-text">{count === 1 ? '1 message is to be sent later' : `${count} messages are to be sent later`}</span>
    </button>
  )
}
