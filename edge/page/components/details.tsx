import { namedInText, shownName } from '../../../shared/foreign-text.ts'
import type { Conversation } from '../conversation.ts'
import { closeBeside } from '../dialogs.ts'
import type { Opened } from '../opened.ts'
import type { Session } from '../session.ts'
import { Avatar } from './avatar.tsx'
import { presenceInWords } from './conversation-header.tsx'
import { ConversationSettings } from './conversation-settings.tsx'
import { GroupDetails } from './group-details.tsx'
import { CloseIcon } from './icons.tsx'
import { Name } from './name.tsx'
import { PersonDetails } from './person-details.tsx'

interface Props {
  session: Session
  opened: Opened
  conversation: Conversation | undefined
  peer: string
  title: string
}

/** Who somebody is or what a group is, and what the user wants of the conversation. */
export function Details({ session, opened, conversation, peer, title }: Props) {
  const group = conversation?.left ? undefined : conversation?.group
  const isOnline = (session.presences.byUser.value.get(peer)?.online.length ?? 0) > 0
  return (
    <aside class="details" data-testid="details" aria-label={`Details of ${namedInText(title)}`}>
      <header>
        <h2>Details</h2>
        <button type="button" class="round" aria-label="Close the details" data-testid="details-close" onClick={closeBeside}>
          <CloseIcon />
        </button>
      </header>
      <div class="details-body">
        <div class="who">
          <Avatar name={title} groupId={peer === '' ? opened.handle.id : undefined} isOnline={isOnline} />
          <p class="who-name">
            <Name of={title} />
          </p>
          <p class="hint" dir="auto">
            {peer === '' ? shownName(group?.description ?? '') : presenceInWords(session, peer)}
          </p>
        </div>
        <ConversationSettings session={session} handle={opened.handle} conversation={conversation} />
        {peer !== '' && peer !== session.user && <PersonDetails session={session} handle={opened.handle} peer={peer} />}
        {group && !group.dissolved && <GroupDetails session={session} opened={opened} group={group} />}
      </div>
    </aside>
  )
}
