import type { Cancel } from './clock.ts'

/** As much of a browser's objects as is used here: Node has none of them, nor their types. */
interface Target {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}
interface Browser extends Partial<Target> {
  readonly document?: Target & { readonly visibilityState: string }
  readonly navigator?: { readonly onLine?: boolean; readonly connection?: Partial<Target> }
}

/**
 * Calls `heard` whenever the browser says that the line may be another one, or that somebody looks
 * again: online, another network, visible, in front, back from the page cache. Elsewhere never.
 */
export function onSystemWord(heard: () => void): Cancel {
  const browser = globalThis as Browser
  const { document, navigator } = browser
  if (navigator?.onLine === undefined) return () => {}
  const seen = (): void => {
    if (document?.visibilityState === 'visible') heard()
  }
  const words: [Partial<Target> | undefined, string, () => void][] = [
    [browser, 'online', heard],
    [browser, 'focus', heard],
    [browser, 'pageshow', heard],
    [document, 'visibilitychange', seen],
    [connectionOf(navigator), 'change', heard],
  ]
  for (const [target, type, listener] of words) target?.addEventListener?.(type, listener)
  return () => {
    for (const [target, type, listener] of words) target?.removeEventListener?.(type, listener)
  }
}

/** A browser that hides it from pages may throw. */
function connectionOf(navigator: NonNullable<Browser['navigator']>): Partial<Target> | undefined {
  try {
    return navigator.connection
  } catch {
    return undefined
  }
}
