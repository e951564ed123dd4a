import { namedInText } from '../../../shared/foreign-text.ts'
import { ask } from '../dialogs.ts'
import { told } from '../notices.ts'
import type { Opened } from '../opened.ts'
import type { StoredMessage } from '../stored-message.ts'
import { Name } from './name.tsx'

/** Quickly at hand. */
export const REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const

/** Adds the user's reaction, or takes it away. */
export function toggleReaction({ handle }: Opened, { seq, reactions }: StoredMessage, key: string): void {
  const isOwn = reactions.some((reaction) => reaction.key === key && reaction.own)
  void told(isOwn ? handle.unreact(seq, key) : handle.react(seq, key))
}

interface Props {
  message: StoredMessage
  opened: Opened
  canReact: boolean
}

/** What others think of a message; a press joins in or takes it back, a right click tells who. */
export function Reactions({ message, opened, canReact }: Props) {
  if (message.reactions.length === 0) return null
  return (
    <ul class="reactions" data-testid="reactions" aria-label="Reactions">
      {message.reactions.map(({ key, count, own }) => (
        <li key={key}>
          <button
            type="button"
            class="reaction"
            data-testid="reaction"
            data-key={key}
            aria-pressed={own}
            aria-label={`${namedInText(key)}, ${count}${own ? ', yours among them' : ''}`}
            onClick={() => {
              if (canReact) toggleReaction(opened, message, key)
            }}
            onContextMenu={(event) => {
              event.preventDefault()
              ask({ name: 'reactors', message, key })
            }}
          >
            <Name of={key} />
            {count > 1 && <span class="count">{count}</span>}
          </button>
        </li>
      ))}
    </ul>
  )
}
