import { namedInText } from '../../../shared/foreign-text.ts'
import { ask, closeBeside, openBeside } from '../dialogs.ts'
import { may } from '../may.ts'
import { say, told } from '../notices.ts'
import type { Opened } from '../opened.ts'
import type { MessageRow } from '../rows.ts'
import type { Session } from '../session.ts'
import { CopyIcon, EditIcon, EyeIcon, ForwardIcon, MoreIcon, PinIcon, ReplyIcon, SmileIcon, ThreadIcon, UndoIcon } from './icons.tsx'
import { Menu, MenuItem } from './menu.tsx'
import { REACTIONS, toggleReaction } from './reactions.tsx'

interface Props {
  row: MessageRow
  session: Session
  opened: Opened
  canWrite: boolean
  isInThread: boolean
}

/** What can be done with a message; what the user's role does not allow is not offered. */
export function MessageMenu({ row, session, opened, canWrite, isInThread }: Props) {
  const { message, mark } = row
  const { handle, composing } = opened
  const own = mark !== undefined
  // One answers in a thread by saying more there.
  const canReply = canWrite && !isInThread
  const group = session.conversations.get(message.conversationId)?.group
  const canRecall = canWrite && (own || (group !== undefined && may(group, 'recallOthers')))
  const canPin = canWrite && (group === undefined || may(group, 'pin'))
  const isText = row.attachment === undefined && message.contentType.startsWith('text/')
  /** Where all is edited, in the composer of the conversation, over which a thread may lie. */
  const edit = (): void => {
    if (isInThread) closeBeside()
    composing.edit(message)
  }
  return (
    <div class="actions">
      {canReply && (
        <button type="button" class="round" tabIndex={-1} aria-label="Reply" title="Reply" onClick={() => composing.reply(message)}>
          <ReplyIcon />
        </button>
      )}
      <Menu label={`Actions for the message of ${own ? 'yours' : namedInText(message.from)}`} icon={<MoreIcon />} testId="message-menu">
        {() => (
          <>
            {canWrite && (
              // biome-ignore lint/a11y/useSemanticElements: these are no fields of a form
              <div class="picker" role="group" aria-label="React">
                {REACTIONS.map((key) => (
                  <button
                    type="button"
                    role="menuitem"
                    data-testid="react"
                    data-key={key}
                    onClick={() => toggleReaction(opened, message, key)}
                  >
                    {key}
                  </button>
                ))}
              </div>
            )}
            {canReply && (
              <MenuItem testId="reply" icon={<ReplyIcon />} onChoose={() => composing.reply(message)}>
                Reply
              </MenuItem>
            )}
            {!isInThread && (
              <MenuItem
                testId="thread-open"
                icon={<ThreadIcon />}
                onChoose={() => openBeside({ name: 'thread', conversationId: message.conversationId, root: message.thread || message.seq })}
              >
                Thread
              </MenuItem>
            )}
            {canWrite && own && isText && (
              <MenuItem testId="edit" icon={<EditIcon />} onChoose={edit}>
                Edit
              </MenuItem>
            )}
            <MenuItem testId="forward" icon={<ForwardIcon />} onChoose={() => ask({ name: 'forward', message })}>
              Forward…
            </MenuItem>
            {isText && (
              <MenuItem testId="copy" icon={<CopyIcon />} onChoose={() => void copy(message.text)}>
                Copy text
              </MenuItem>
            )}
            {canPin && (
              <MenuItem
                testId="pin"
                icon={<PinIcon />}
                onChoose={() => void told(message.pinned ? handle.unpin(message.seq) : handle.pin(message.seq))}
              >
                {message.pinned ? 'Unpin' : 'Pin'}
              </MenuItem>
            )}
            {message.reactions.length > 0 && (
              <MenuItem
                testId="who-reacted"
                icon={<SmileIcon />}
                onChoose={() => ask({ name: 'reactors', message, key: message.reactions[0]?.key ?? '' })}
              >
                Reactions…
              </MenuItem>
            )}
            {group && (
              <MenuItem testId="who-read" icon={<EyeIcon />} onChoose={() => ask({ name: 'readers', message })}>
                Read by…
              </MenuItem>
            )}
            {canRecall && (
              <MenuItem testId="recall" icon={<UndoIcon />} isDangerous onChoose={() => void told(handle.recall(message.seq))}>
                Take back
              </MenuItem>
            )}
          </>
        )}
      </Menu>
    </div>
  )
}

/** A page on plain HTTP beyond loopback has no clipboard, and a browser may forbid it. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    say('Copied.')
  } catch {
    say('This browser does not let the page copy. Select the text and copy it yourself.')
  }
}
