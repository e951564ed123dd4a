import { type ReadonlySignal, signal } from '@preact/signals'
import * as memory from './memory.ts'
import { Session } from './session.ts'
import { claimsOf, NoTokensByName, tokenFor } from './token.ts'
import { inWords, nameFault } from './words.ts'

export type SignInMode = 'name' | 'token'

const current = signal<Session | undefined>(undefined)
const currentMode = signal<SignInMode>('name')
const currentFault = signal('')
const busy = signal(false)

export const session: ReadonlySignal<Session | undefined> = current
/** By name in the server's developer mode, else by a token that is pasted. */
export const mode: ReadonlySignal<SignInMode> = currentMode
/** What was wrong with the last try, as a sentence. */
export const fault: ReadonlySignal<string> = currentFault
export const isBusy: ReadonlySignal<boolean> = busy

/** Signs in whom the tab or the browser remembers. */
export function resume(): void {
  const token = memory.rememberedToken()
  const name = memory.rememberedName()
  if (token !== undefined) withToken(token)
  else if (name !== undefined) current.value = new Session(name, () => tokenFor(name))
}

/** Gets the first token before anything is shown, so that a wrong name is told in the form. */
export async function withName(typed: string): Promise<void> {
  const name = typed.trim()
  const wrong = nameFault(name)
  currentFault.value = wrong ?? ''
  if (wrong || busy.value) return
  busy.value = true
  try {
    let first: string | undefined = await tokenFor(name)
    memory.remember(name)
    current.value = new Session(name, async () => {
      const token = first ?? (await tokenFor(name))
      first = undefined
      return token
    })
  } catch (error) {
    if (error instanceof NoTokensByName) currentMode.value = 'token'
    else currentFault.value = inWords(error)
  } finally {
    busy.value = false
  }
}

export function withToken(pasted: string): void {
  const token = pasted.trim()
  currentMode.value = 'token'
  try {
    const { sub } = claimsOf(token)
    memory.remember(sub, token)
    // The same token serves until it expires; claimsOf throws then.
    current.value = new Session(sub, async () => {
      claimsOf(token)
      return token
    })
    currentFault.value = ''
  } catch (error) {
    currentFault.value = inWords(error)
  }
}

export async function signOut(): Promise<void> {
  const leaving = current.value
  memory.forget()
  current.value = undefined
  currentFault.value = ''
  location.hash = ''
  await leaving?.close()
}
