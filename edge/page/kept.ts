/**
 * What survives a reload. A browser that forbids site data, or has no room for it, keeps it as long
 * as the page is there: nothing here throws.
 */
class Kept {
  readonly #storage: () => Storage
  readonly #here = new Map<string, string>()

  /** Reading the property may throw by itself. */
  constructor(storage: () => Storage) {
    this.#storage = storage
  }

  get(key: string): string | undefined {
    try {
      return this.#here.get(key) ?? this.#storage().getItem(key) ?? undefined
    } catch {
      return undefined
    }
  }

  set(key: string, value: string | undefined): void {
    try {
      this.#here.delete(key)
      if (value === undefined) this.#storage().removeItem(key)
      else this.#storage().setItem(key, value)
    } catch {
      if (value !== undefined) this.#here.set(key, value)
    }
  }

  /** What was kept as JSON; undefined also where it is none any more. */
  read<T>(key: string): T | undefined {
    try {
      return JSON.parse(this.get(key) ?? '') as T
    } catch {
      return undefined
    }
  }

  write(key: string, value: unknown): void {
    this.set(key, JSON.stringify(value))
  }
}

export const ofBrowser = new Kept(() => localStorage)
export const ofTab = new Kept(() => sessionStorage)
