import { utimesSync } from 'node:fs'

export type FaultKind = 'disk-full' | 'missing' | 'wal-missing' | 'read-only' | 'io-error' | 'corrupt' | 'failed'

/** Why the log cannot be written or read. Plain, because it crosses a thread. */
export interface StorageFault {
  readonly kind: FaultKind
  readonly message: string
}

/** A call of the log that failed. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly fault: StorageFault

  constructor(fault: StorageFault) {
    super(fault.message)
    this.fault = fault
  }
}

/** SQLite's primary result codes. */
const KINDS: Readonly<Record<number, FaultKind>> = {
  8: 'read-only',
  10: 'io-error',
  11: 'corrupt',
  13: 'disk-full',
  14: 'io-error',
  26: 'corrupt',
}

/** What an error of the database at `path` means. */
export function storageFault(error: unknown, path: string): StorageFault {
  const { errcode, message } = error as Error & { errcode?: number }
  const kind = KINDS[(errcode ?? 0) & 0xff] ?? 'failed'
  // A file system that turned read-only fails the write, which SQLite tells as an I/O error.
  if (kind === 'io-error' && isReadOnly(path)) return { kind: 'read-only', message: `${message}: the file system is read-only` }
  return { kind, message }
}

function isReadOnly(path: string): boolean {
  try {
    // Asking for access says nothing of a file system that the kernel stopped after an error.
    const now = new Date()
    utimesSync(path, now, now)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS'
  }
}
