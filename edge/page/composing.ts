import { type ReadonlySignal, signal } from '@preact/signals'
import type { StoredMessage } from './stored-message.ts'

/** What the composer is for just now. */
export type Task =
  | { readonly name: 'write' }
  | { readonly name: 'reply'; readonly to: StoredMessage }
  | { readonly name: 'edit'; readonly message: StoredMessage; readonly text: string }

const WRITE: Task = { name: 'write' }

/** Of one conversation. An edit leaves the draft as it was. */
export class Composing {
  readonly #task = signal<Task>(WRITE)
  readonly task: ReadonlySignal<Task> = this.#task

  reply(to: StoredMessage): void {
    this.#task.value = { name: 'reply', to }
  }

  edit(message: StoredMessage): void {
    this.#task.value = { name: 'edit', message, text: message.text }
  }

  typeEdit(text: string): void {
    const task = this.#task.peek()
    if (task.name === 'edit') this.#task.value = { ...task, text }
  }

  write(): void {
    this.#task.value = WRITE
  }
}
