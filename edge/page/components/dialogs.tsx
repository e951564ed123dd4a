import { openDialog } from '../dialogs.ts'
import type { Session } from '../session.ts'
import { Confirm } from './confirm.tsx'
import { EnterRoom } from './enter-room.tsx'
import { Forward } from './forward.tsx'
import { NewGroup } from './new-group.tsx'
import { PictureDialog } from './picture-dialog.tsx'
import { Profile } from './profile.tsx'
import { Reactors } from './reactors.tsx'
import { Readers } from './readers.tsx'
import { Schedule } from './schedule.tsx'
import { ScheduledList } from './scheduled-list.tsx'

/** The one that is open. */
export function Dialogs({ session }: { session: Session }) {
  const dialog = openDialog.value
  switch (dialog?.name) {
    case undefined:
      return null
    case 'new-group':
      return <NewGroup session={session} />
    case 'enter-room':
      return <EnterRoom />
    case 'profile':
      return <Profile session={session} />
    case 'readers':
      return <Readers session={session} message={dialog.message} />
    case 'reactors':
      return <Reactors session={session} message={dialog.message} chosen={dialog.key} />
    case 'forward':
      return <Forward session={session} message={dialog.message} />
    case 'schedule':
      return <Schedule session={session} conversationId={dialog.conversationId} />
    case 'scheduled':
      return <ScheduledList session={session} conversationId={dialog.conversationId} />
    case 'picture':
      return <PictureDialog url={dialog.url} title={dialog.title} />
    case 'confirm':
      return <Confirm question={dialog.question} says={dialog.says} does={dialog.does} />
  }
}
