import { useSignal } from '@preact/signals'
import type { Group } from 'hawser'
import { useEffect } from 'preact/hooks'
import { namedInText } from '../../../shared/foreign-text.ts'
import { ask } from '../dialogs.ts'
import { may } from '../may.ts'
import { told } from '../notices.ts'
import type { Opened } from '../opened.ts'
import { now } from '../server-date.ts'
import type { Session } from '../session.ts'
import { GroupProfile } from './group-profile.tsx'
import { GroupRules } from './group-rules.tsx'
import { MemberItem } from './member-item.tsx'
import { PeoplePicker } from './people-picker.tsx'

interface Props {
  session: Session
  opened: Opened
  group: Group
}

/** The members of a group, and what the user's role allows. */
export function GroupDetails({ session, opened, group }: Props) {
  const { handle, members } = opened
  const list = members.list.value
  useEffect(() => void members.open(), [members])
  useEffect(() => session.presences.watch(list.map(({ userId }) => userId)), [list])
  const isAllMuted = group.mutedUntil > now()
  return (
    <>
      {may(group, 'update') && <GroupProfile handle={handle} group={group} />}
      <section aria-label="Members">
        <h3>{group.memberCount === 1 ? '1 member' : `${group.memberCount} members`}</h3>
        {may(group, 'invite') && <AddMembers session={session} opened={opened} />}
        <ul class="people" data-testid="members">
          {list.map((member) => (
            <MemberItem key={member.userId} session={session} handle={handle} group={group} member={member} />
          ))}
        </ul>
        {members.nextCursor.value !== '' && (
          <button type="button" class="quiet" onClick={() => void told(members.more())}>
            Show more members
          </button>
        )}
      </section>
      {group.role === 'owner' && <GroupRules handle={handle} group={group} />}
      <section class="stack" aria-label="Group">
        {may(group, 'mute') && (
          <button
            type="button"
            class="secondary"
            data-testid="mute-all"
            aria-pressed={isAllMuted}
            onClick={() => void told(handle.muteAll(isAllMuted ? 0 : now() + HOUR))}
          >
            {isAllMuted ? 'Let members write again' : 'Mute members for an hour'}
          </button>
        )}
        {group.role === 'owner' ? (
          <button type="button" class="secondary dangerous" data-testid="dissolve" onClick={() => askToDissolve(opened, group)}>
            Dissolve the group
          </button>
        ) : (
          <button type="button" class="secondary dangerous" data-testid="leave" onClick={() => askToLeave(opened, group)}>
            Leave the group
          </button>
        )}
      </section>
    </>
  )
}

const HOUR = 3_600_000

function AddMembers({ session, opened }: Pick<Props, 'session' | 'opened'>) {
  const chosen = useSignal<readonly string[]>([])
  const add = async (): Promise<void> => {
    if (await told(opened.handle.add(chosen.value))) chosen.value = []
  }
  return (
    <div class="stack">
      <PeoplePicker
        session={session}
        label="Add people"
        chosen={chosen.value}
        onChange={(users) => {
          chosen.value = users
        }}
      />
      {chosen.value.length > 0 && (
        <button type="button" class="primary" data-testid="add-members" onClick={() => void add()}>
          Add {chosen.value.length === 1 ? namedInText(chosen.value[0] ?? '') : `${chosen.value.length} people`}
        </button>
      )}
    </div>
  )
}

function askToDissolve({ handle }: Opened, { name }: Group): void {
  const question = `Dissolve “${namedInText(name)}”? Nobody can write there after that.`
  ask({ name: 'confirm', question, says: 'Dissolve', does: () => void told(handle.dissolve()) })
}

function askToLeave({ handle }: Opened, { name }: Group): void {
  ask({ name: 'confirm', question: `Leave “${namedInText(name)}”?`, says: 'Leave', does: () => void told(handle.leave()) })
}
