import { readFileSync } from 'node:fs'

/** What the system says of a file, for a person, and what mends it where that is the same for every file. */
const SYSTEM: Readonly<Record<string, readonly [what: string, mend?: string]>> = {
  ENOENT: ['is not there'],
  EISDIR: ['is a folder, not a file'],
  ENOTDIR: ['is below a file, not a folder'],
  EACCES: ['may not be used by this user', 'let the user that runs Hawser read and write it'],
  EPERM: ['may not be used by this user', 'let the user that runs Hawser read and write it'],
  ELOOP: ['is a link that leads nowhere'],
  ENOSPC: ['cannot be written: the disk is full', 'make room on it'],
  EDQUOT: ['cannot be written: the quota is used up', 'make room'],
  EFBIG: ['cannot be written: it would be larger than this process may make a file', 'raise the limit (ulimit -f)'],
  EROFS: ['cannot be written: the file system is read-only', 'mount it for writing'],
  EIO: ['cannot be read or written: the disk fails', 'see to the disk'],
}

/** A file or folder that keeps a core from starting. The message is one line: which, what is wrong with it, and what mends it. */
export class FileFault extends Error {
  override readonly name = 'FileFault'

  constructor(path: string, what: string, mend: string, options?: ErrorOptions) {
    super(`${path} ${what}; ${mend}`.replace(/\s+/g, ' '), options)
  }

  /** Of a system error; `mend` is for where the system's word does not say it already. */
  static of(path: string, cause: unknown, mend: string): FileFault {
    if (cause instanceof FileFault) return cause
    const { code = '', message } = cause as NodeJS.ErrnoException
    const [what, known] = SYSTEM[code] ?? [`cannot be used: ${message}`]
    return new FileFault(path, what, known ?? mend, { cause })
  }
}

/** Throws FileFault where the file cannot be read. */
export function readWholeFile(path: string, mend: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw FileFault.of(path, error, mend)
  }
}
