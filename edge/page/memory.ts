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
  const ofTab = sessionStorage.getItem(NAME)
  if (ofTab !== null) return ofTab || undefined
  return offeredName() === undefined ? (localStorage.getItem(NAME) ?? undefined) : undefined
}

export function rememberedToken(): string | undefined {
  return sessionStorage.getItem(TOKEN) ?? undefined
}

export function remember(name: string, token?: string): void {
  sessionStorage.setItem(NAME, name)
  localStorage.setItem(NAME, name)
  if (token === undefined) sessionStorage.removeItem(TOKEN)
  else sessionStorage.setItem(TOKEN, token)
}

export function forget(): void {
  if (localStorage.getItem(NAME) === sessionStorage.getItem(NAME)) localStorage.removeItem(NAME)
  sessionStorage.setItem(NAME, '')
  sessionStorage.removeItem(TOKEN)
}
