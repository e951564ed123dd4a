import { type ReadonlySignal, signal } from '@preact/signals'
import type { StoredMessage } from './stored-message.ts'

/** What stands before everything else and wants an answer. */
export type Dialog =
  | { readonly name: 'new-group' }
  | { readonly name: 'enter-room' }
  | { readonly name: 'profile' }
  | { readonly name: 'readers'; readonly message: StoredMessage }
  | { readonly name: 'reactors'; readonly message: StoredMessage; readonly key: string }
  | { readonly name: 'forward'; readonly message: StoredMessage }
  | { readonly name: 'schedule'; readonly conversationId: string }
  | { readonly name: 'scheduled'; readonly conversationId: string }
  | { readonly name: 'picture'; readonly url: string; readonly title: string }
  | { readonly name: 'confirm'; readonly question: string; readonly says: string; readonly does: () => void }

const current = signal<Dialog | undefined>(undefined)
export const openDialog: ReadonlySignal<Dialog | undefined> = current

export function ask(dialog: Dialog): void {
  current.value = dialog
}

export function endDialog(): void {
  current.value = undefined
}

/** What stands beside the open conversation: its details, or a thread in it. */
export type Beside =
  | { readonly name: 'nothing' }
  | { readonly name: 'details' }
  | { readonly name: 'thread'; readonly conversationId: string; readonly root: number }

const NOTHING: Beside = { name: 'nothing' }
const beside = signal<Beside>(NOTHING)

/** Beside this conversation; a thread of another one is not there. */
export function besideOf(conversationId: string): Beside {
  const { value } = beside
  return value.name === 'thread' && value.conversationId !== conversationId ? NOTHING : value
}

export function openBeside(what: Beside): void {
  beside.value = what
}

export function closeBeside(): void {
  beside.value = NOTHING
}
