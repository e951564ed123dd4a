import { type ReadonlySignal, signal } from '@preact/signals'
import { inWords } from './words.ts'

const SHOWN_MS = 6000

/** Short words at the edge of the page about what a person did: that it failed, or that it is done. */
const current = signal('')
export const notice: ReadonlySignal<string> = current
let end: ReturnType<typeof setTimeout> | undefined

export function say(text: string): void {
  clearTimeout(end)
  current.value = text
  end = setTimeout(dismiss, SHOWN_MS)
}

export function dismiss(): void {
  current.value = ''
}

/** Waits for what a person asked for; a refusal is told. Gives whether it was done. */
export async function told(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    say(inWords(error))
    return false
  }
}
