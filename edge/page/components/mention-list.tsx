import { may } from '../may.ts'
import { ALL } from '../mentions.ts'
import type { Opened } from '../opened.ts'
import type { Session } from '../session.ts'
import { Avatar } from './avatar.tsx'
import { Name } from './name.tsx'

const MOST = 6

/** Members of the group whose names go on as it was begun. */
export function namesFor(session: Session, opened: Opened, begun: string): string[] {
  const group = session.conversations.get(opened.handle.id)?.group
  const members = opened.members.list.value.map(({ userId }) => userId).filter((user) => user !== session.user)
  const names = group && may(group, 'mentionAll') ? [...members, ALL] : members
  return names.filter((name) => name.toLowerCase().startsWith(begun.toLowerCase()) && name !== begun).slice(0, MOST)
}

interface Props {
  names: readonly string[]
  chosen: number
  onChoose: (name: string) => void
}

export function MentionList({ names, chosen, onChoose }: Props) {
  if (names.length === 0) return null
  return (
    <div class="names" id="names" role="listbox" aria-label="Members" data-testid="names">
      {names.map((name, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard stays in the composer and chooses from there
        <div
          key={name}
          id={`name-${at}`}
          role="option"
          tabIndex={-1}
          aria-selected={at === chosen}
          data-testid="name"
          // The focus stays in the composer.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(name)}
        >
          <Avatar name={name} />
          <Name of={name} />
          {name === ALL && <span class="hint">everybody in the group</span>}
        </div>
      ))}
    </div>
  )
}
