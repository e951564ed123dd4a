import { namedInText } from '../../../shared/foreign-text.ts'
import type { Opened } from '../opened.ts'
import type { Outbox } from '../outbox.ts'
import type { MessageRow } from '../rows.ts'
import type { Session } from '../session.ts'
import { AttachmentView } from './attachment-view.tsx'
import { hueOf } from './avatar.tsx'
import { MessageMenu } from './message-menu.tsx'
import { MessageMeta } from './message-meta.tsx'
import { MessageText } from './message-text.tsx'
import { Name } from './name.tsx'
import { Quote } from './quote.tsx'
import { Reactions } from './reactions.tsx'
import { ThreadMark } from './thread-mark.tsx'

interface Props {
  row: MessageRow
  session: Session
  opened: Opened
  isGroup: boolean
  canWrite: boolean
  /** It stands in its thread, so that nothing has to lead there. */
  isInThread?: boolean
}

export function Message({ row, session, opened, isGroup, canWrite, isInThread = false }: Props) {
  const { message, mark, gone, failed } = row
  const own = mark !== undefined
  const isStored = message.seq > 0
  const callsSelf = !own && (message.mentionAll || message.mentions.includes(session.user))
  return (
    <li
      class={row.startsGroup ? 'message first' : 'message'}
      data-testid="message"
      data-seq={isStored ? message.seq : undefined}
      data-own={String(own)}
      data-mark={mark}
      data-gone={gone}
      data-calls={callsSelf || undefined}
    >
      <div class="line-up">
        <div class={row.attachment && !gone ? 'bubble with-file' : 'bubble'}>
          {isGroup && !own && row.startsGroup ? <Sender name={message.from} /> : <HiddenSender row={row} />}
          {message.thread > 0 && !isInThread && <ThreadMark message={message} />}
          {gone ? <Gone row={row} self={session.user} /> : <Content row={row} session={session} opened={opened} />}
          <MessageMeta row={row} />
        </div>
        {isStored && !gone && <MessageMenu row={row} session={session} opened={opened} canWrite={canWrite} isInThread={isInThread} />}
      </div>
      {!gone && <Reactions message={message} opened={opened} canReact={canWrite} />}
      {failed && <Failure id={failed.clientMessageId} why={failed.failure ?? ''} outbox={session.outbox} />}
    </li>
  )
}

function Content({ row, session, opened }: Pick<Props, 'row' | 'session' | 'opened'>) {
  const { message, attachment, text } = row
  return (
    <>
      {message.forward && (
        <span class="forwarded" data-testid="forwarded">
          Forwarded from <Name of={message.forward.sender} />
        </span>
      )}
      {message.replyTo > 0 && <Quote opened={opened} seq={message.replyTo} self={session.user} />}
      {attachment && <AttachmentView attachment={attachment} session={session} />}
      {(!attachment || attachment.caption) && <MessageText text={text} called={message} self={session.user} />}
    </>
  )
}

function Sender({ name }: { name: string }) {
  return (
    <b class="sender" data-testid="sender" style={{ '--hue': String(hueOf(name)) }}>
      <Name of={name} />
    </b>
  )
}

/** For those who do not see on which side a message stands. */
function HiddenSender({ row }: { row: MessageRow }) {
  return row.startsGroup ? <span class="hidden">{row.mark ? 'You:' : `${namedInText(row.message.from)}:`} </span> : null
}

function Gone({ row: { gone, message }, self }: { row: MessageRow; self: string }) {
  const { recalledBy, from } = message
  const by = recalledBy === self ? 'You took' : `${namedInText(recalledBy || from)} took`
  return <span class="text gone">{gone === 'recalled' ? `${by} back this message` : 'This message disappeared'}</span>
}

function Failure({ id, why, outbox }: { id: string; why: string; outbox: Outbox }) {
  return (
    <p class="failure" role="alert">
      Not sent: {why}{' '}
      <button type="button" class="quiet" onClick={() => outbox.retry(id)}>
        Retry
      </button>{' '}
      <button type="button" class="quiet" onClick={() => outbox.discard(id)}>
        Discard
      </button>
    </p>
  )
}
