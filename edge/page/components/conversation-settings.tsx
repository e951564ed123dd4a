import type { ConversationHandle } from 'hawser'
import type { ComponentChildren } from 'preact'
import { namedInText } from '../../../shared/foreign-text.ts'
import { type Conversation, isMuted, titleOf } from '../conversation.ts'
import { ask } from '../dialogs.ts'
import { told } from '../notices.ts'
import type { Session } from '../session.ts'
import { ArchiveIcon, BellOffIcon, PinIcon, TrashIcon } from './icons.tsx'

/** Until somebody says otherwise. */
const FOR_GOOD = Date.UTC(9999, 0)

interface Props {
  session: Session
  handle: ConversationHandle
  conversation: Conversation | undefined
}

/** What the user wants of a conversation for himself, on all devices (docs/PROTOCOL.md, P1). */
export function ConversationSettings({ session, handle, conversation }: Props) {
  if (!conversation) return null
  const { pinned, archived } = conversation.preference
  const muted = isMuted(conversation)
  return (
    <div class="switches">
      <Switch
        testId="mute"
        icon={<BellOffIcon />}
        isOn={muted}
        onChange={() => void told(handle.set({ mutedUntil: muted ? 0 : FOR_GOOD }))}
      >
        Mute
      </Switch>
      <Switch testId="pin-conversation" icon={<PinIcon />} isOn={pinned} onChange={() => void told(handle.set({ pinned: !pinned }))}>
        Pin
      </Switch>
      <Switch testId="archive" icon={<ArchiveIcon />} isOn={archived} onChange={() => void told(handle.set({ archived: !archived }))}>
        Archive
      </Switch>
      <button type="button" class="switch" data-testid="clear" onClick={() => askToClear(session, handle, conversation)}>
        <TrashIcon />
        Clear
      </button>
    </div>
  )
}

function askToClear(session: Session, handle: ConversationHandle, conversation: Conversation): void {
  ask({
    name: 'confirm',
    question: `Clear ${namedInText(titleOf(conversation))} for yourself? The others keep what was said.`,
    says: 'Clear',
    does: () => {
      const newest = session.opened(handle.id).timeline.messages.peek().at(-1)?.seq ?? 0
      void told(handle.set({ clearedSeq: Math.max(newest, conversation.last?.seq ?? 0) }))
    },
  })
}

interface SwitchProps {
  testId: string
  icon: ComponentChildren
  isOn: boolean
  onChange: () => void
  children: ComponentChildren
}

function Switch({ testId, icon, isOn, onChange, children }: SwitchProps) {
  return (
    <button type="button" class="switch" data-testid={testId} aria-pressed={isOn} onClick={onChange}>
      {icon}
      {children}
    </button>
  )
}
