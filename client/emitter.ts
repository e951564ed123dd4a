/** Listeners by event. One that throws neither stops the others nor reaches the caller of `emit`. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => void>>()

  /** Returns what takes the listener off again. */
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void {
    let listeners = this.#listeners.get(event)
    if (!listeners) {
      listeners = new Set()
      this.#listeners.set(event, listeners)
    }
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    const listeners = this.#listeners.get(event) as Set<(value: Events[E]) => void> | undefined
    if (!listeners) return
    for (const listener of listeners) {
      try {
        listener(value)
      } catch (error) {
        report(error)
      }
    }
  }
}

/** The application's own error goes where its uncaught errors go. */
function report(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
