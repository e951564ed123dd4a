import { Chat } from './components/chat.tsx'
import { SignIn } from './components/sign-in.tsx'
import { session } from './sign-in.ts'

export function App() {
  return session.value ? <Chat session={session.value} /> : <SignIn />
}
