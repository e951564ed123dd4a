import { randomId } from './identifiers.ts'

/** As much of a browser's objects as is used here: Node has none of them, nor their types. */
interface Browser {
  readonly document?: unknown
  readonly localStorage?: { getItem(key: string): string | null; setItem(key: string, value: string): void }
}

/** The same for all clients of this page, also where nothing can be remembered. */
const inMemory = new Map<string, string>()

/**
 * What names the device of a client that was given no `deviceId` (L3). In a browser one for each
 * user of the origin, kept in its localStorage: all tabs of a user are copies on one device, and
 * whoever signs in there next is on another. A browser that forbids this has one for each page.
 * Elsewhere one for each client.
 */
export function deviceIds(): (user: string) => string {
  if ((globalThis as Browser).document === undefined) {
    const id = randomId()
    return () => id
  }
  return remembered
}

function remembered(user: string): string {
  const key = `hawser.device.${user}`
  let id = inMemory.get(key)
  try {
    const storage = (globalThis as Browser).localStorage
    id = storage?.getItem(key) || id || randomId()
    storage?.setItem(key, id)
  } catch {
    // Where site data is forbidden reading `localStorage` throws, and where there is no room keeping.
    id ??= randomId()
  }
  inMemory.set(key, id)
  return id
}
