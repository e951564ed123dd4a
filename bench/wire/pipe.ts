/** Bytes to and from a server, however they are carried. */
export interface Pipe {
  /** Puts the first `length` bytes on their way; they may be changed afterwards. */
  write(bytes: Uint8Array, length?: number): void
  close(): void
}

/** Takes what lies in bytes[start, end) and says up to where it was understood; the rest comes again with more behind it. */
export type Parse = (bytes: Buffer, start: number, end: number) => number

/** Big enough for a login and a message of 1 KiB; it grows for more. */
export const FIRST_BYTES = 2048
