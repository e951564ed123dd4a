import type { Session } from '../session.ts'
import { Avatar } from './avatar.tsx'
import { Name } from './name.tsx'

/** People, one to a line. */
export function PeopleList({ session, users, testId }: { session: Session; users: readonly string[]; testId: string }) {
  return (
    <ul class="people">
      {users.map((user) => (
        <li key={user} class="person" data-testid={testId} data-user={user}>
          <Avatar name={user} />
          <Name class="peer" of={user === session.user ? 'You' : user} />
        </li>
      ))}
    </ul>
  )
}
