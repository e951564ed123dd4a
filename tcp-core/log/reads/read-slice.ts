/** What one answer may take of a reading thread's processor; what is left is asked for again, in its turn. */
const SLICE_MICROSECONDS = 20_000

/** The time that an answer has which could be a longer one: it begins when it is made. Waiting for the disk, or for a processor that is busy with others, does not count. */
export class ReadSlice {
  readonly #endsAt = usedMicroseconds() + SLICE_MICROSECONDS

  /** The answer ends here, with a cursor where there is more. */
  get isOver(): boolean {
    return usedMicroseconds() >= this.#endsAt
  }
}

function usedMicroseconds(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}
