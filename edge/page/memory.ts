import { ofBrowser, ofTab } from './kept.ts'

/**
 * What survives a reload. The tab remembers its own user, so that two tabs may be two
 * people; the browser remembers the last one for tabs opened later. A pasted token stays
 * with its tab only.
 */
const NAME = 'hawser.name'
const TOKEN = 'hawser.token'

/** The name in `?as=bob`: offered in the sign-in form, never signed in by itself. */
export function offeredName(): string | undefined {
  return new URLSearchParams(location.search).get('as') ?? undefined
}

/** Who was signed in here; undefined after a sign-out and in a tab opened for another name. */
export function rememberedName(): string | undefined {
  const here = ofTab.get(NAME)
  if (here !== undefined) return here || undefined
  return offeredName() === undefined ? ofBrowser.get(NAME) : undefined
}

export function rememberedToken(): string | undefined {
  return ofTab.get(TOKEN)
}

export function remember(name: string, token?: string): void {
  ofTab.set(NAME, name)
  ofBrowser.set(NAME, name)
  ofTab.set(TOKEN, token)
}

export function forget(): void {
  if (ofBrowser.get(NAME) === ofTab.get(NAME)) ofBrowser.set(NAME, undefined)
  ofTab.set(NAME, '')
  ofTab.set(TOKEN, undefined)
}
