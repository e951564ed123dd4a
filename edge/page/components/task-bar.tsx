import type { Opened } from '../opened.ts'
import { previewOf } from '../stored-message.ts'
import { CloseIcon, EditIcon, ReplyIcon } from './icons.tsx'
import { QuoteLines } from './quote.tsx'

/** What is answered or edited, above the composer. */
export function TaskBar({ opened, self }: { opened: Opened; self: string }) {
  const task = opened.composing.task.value
  if (task.name === 'write') return null
  return (
    <div class="bar task-bar" data-testid="task-bar" data-task={task.name}>
      {task.name === 'reply' ? <ReplyIcon /> : <EditIcon />}
      <span class="bar-text">
        {task.name === 'reply' ? (
          <QuoteLines message={task.to} self={self} />
        ) : (
          <>
            <b>Edit the message</b>
            <span class="quoted" dir="auto">
              {previewOf(task.message, self)}
            </span>
          </>
        )}
      </span>
      <button type="button" class="round" aria-label="Cancel" data-testid="cancel-task" onClick={() => opened.composing.write()}>
        <CloseIcon />
      </button>
    </div>
  )
}
