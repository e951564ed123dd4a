import { statSync } from 'node:fs'
import { FileFault } from '../../files/file-fault.ts'

/** SQLite's primary result codes, as it words them: errors lose their code on the way from the storage thread. */
const FAULTS: readonly { words: RegExp; what: string; mend: string }[] = [
  { words: /not a database/, what: 'is no log', mend: 'put the log or a backup of it there' },
  { words: /malformed/, what: 'is damaged or cut off', mend: 'put a backup of it there (hawser verify tells how much is right)' },
  {
    words: /unable to open/,
    what: 'cannot be opened',
    mend: 'let the user that runs Hawser read and write it and the files beside it (-wal, -shm)',
  },
  {
    words: /readonly|read-only/,
    what: 'cannot be written',
    mend: 'let the user that runs Hawser write it and the files beside it (-wal, -shm)',
  },
  { words: /is full/, what: 'cannot be written: the disk is full', mend: 'make room on it' },
  { words: /locked|busy/, what: 'is in use by another program', mend: 'end that program' },
  { words: /disk I\/O/, what: 'cannot be read or written: the disk fails', mend: 'see to the disk' },
  { words: /schema version/, what: 'is of a newer Hawser', mend: 'run that one, or put a backup of before there' },
]

/** Why the log at `path` could not be opened. */
export function openingFault(path: string, cause: unknown): FileFault {
  if (typeof (cause as NodeJS.ErrnoException).syscall === 'string') return FileFault.of(path, cause, 'put the log there')
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    return new FileFault(path, 'is a folder, not a file', 'put the log there', { cause })
  const { message } = cause as Error
  const known = FAULTS.find(({ words }) => words.test(message))
  const { what, mend } = known ?? { what: 'cannot be opened', mend: 'put the log or a backup of it there' }
  return new FileFault(path, `${what} (${message})`, mend, { cause })
}

/**
 * A log that is missing beside the keys of a core is a lost volume or a wrong folder, and no
 * first start: without a word from the operator nobody begins a new one.
 */
export function refuseLostLog(path: string, hadLog: boolean, mayBeNew: boolean): void {
  if (!hadLog || mayBeNew) return
  const found = statSync(path, { throwIfNoEntry: false })
  if (found && (found.size > 0 || !found.isFile())) return
  throw new FileFault(
    path,
    `${found ? 'is empty' : 'is missing'} although this folder had a log: its keys are there`,
    'put the log or a backup of it there, or start once with --new-log yes (HAWSER_NEW_LOG=yes) to begin a new one',
  )
}
