import { calledIn } from './mentions.ts'
import { told } from './notices.ts'
import type { Opened } from './opened.ts'
import type { Outgoing } from './outbox.ts'
import type { Session } from './session.ts'
import { goneOf } from './stored-message.ts'

/** What stands in the composer: the draft, or the edit of a message. */
export function textIn(session: Session, { handle, composing }: Opened): string {
  const task = composing.task.value
  return task.name === 'edit' ? task.text : session.drafts.text(handle.id).value
}

/** The person has changed it. */
export function typed(session: Session, { handle, composing }: Opened, text: string): void {
  if (composing.task.peek().name === 'edit') return composing.typeEdit(text)
  session.drafts.write(handle.id, text)
  if (text === '') handle.stoppedTyping()
  else handle.typing()
}

/** Sends it, or gives the message its new text. */
export function submit(session: Session, opened: Opened): void {
  const { handle, composing } = opened
  const task = composing.task.peek()
  // What was typed last may not be rendered yet.
  const text = (task.name === 'edit' ? task.text : session.drafts.text(handle.id).peek()).trim()
  if (text === '') return
  composing.write()
  if (task.name === 'edit') {
    if (text !== task.message.text) void told(handle.edit(task.message.seq, text))
    return
  }
  session.send({
    conversationId: handle.id,
    body: text,
    ...calledWith(opened, text),
    ...(task.name === 'reply' && { replyTo: task.to.seq }),
  })
  handle.stoppedTyping()
  session.drafts.write(handle.id, '')
  session.drafts.keep(handle.id)
}

/** Says it under the message that began the thread. */
export function submitToThread(session: Session, opened: Opened, thread: number, text: string): void {
  const { handle } = opened
  session.send({ conversationId: handle.id, body: text, thread, ...calledWith(opened, text) })
  handle.stoppedTyping()
}

/** Sends what is in the composer at a time to come. Says whether the server took it. */
export async function schedule(session: Session, opened: Opened, sendAt: number): Promise<boolean> {
  const { handle, composing } = opened
  const draft = session.drafts.text(handle.id)
  const task = composing.task.peek()
  const text = draft.peek().trim()
  const options = { sendAt, ...calledWith(opened, text), ...(task.name === 'reply' && { replyTo: task.to.seq }) }
  if (!(await told(handle.send(text, options)))) return false
  composing.write()
  session.drafts.write(handle.id, '')
  session.drafts.keep(handle.id)
  await told(session.scheduled.refresh())
  return true
}

/** The user's newest text here is to be edited. Says whether there is one. */
export function editLast(session: Session, { timeline, composing }: Opened): boolean {
  const last = timeline.messages
    .peek()
    .findLast((message) => message.from === session.user && !message.change && !goneOf(message) && message.contentType.startsWith('text/'))
  if (last) composing.edit(last)
  return last !== undefined
}

/** Whom a text calls, as far as it does. */
function calledWith({ members }: Opened, text: string): Pick<Outgoing, 'mentions' | 'mentionAll'> {
  const { mentions, mentionAll } = calledIn(
    text,
    members.list.peek().map(({ userId }) => userId),
  )
  return { ...(mentions.length > 0 && { mentions }), ...(mentionAll && { mentionAll }) }
}
