/** Numbers sessions, so that of a user's two the later one has the higher number (docs/PROTOCOL.md, L5). */
export class Generations {
  #latest = 0

  /**
   * The date, so that it goes on growing across a restart; one more than before where the date was
   * set back. `newest` is the highest that the user is known to have had.
   */
  next(date: number, newest: number): number {
    this.#latest = date >= this.#latest ? date : this.#latest + 1
    // What a client says that it had may be anything.
    return Math.min(Math.max(this.#latest, newest + 1), Number.MAX_SAFE_INTEGER)
  }
}
