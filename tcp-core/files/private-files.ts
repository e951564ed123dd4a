import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { FileFault } from './file-fault.ts'

/** Nobody but the user that runs the core reads what it keeps. */
const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
const OTHERS = 0o077
const STICKY = 0o1000

/** What a core, `hawser start` and `hawser keys` make in a data folder, and backups that were put there. */
const OWN_FILES =
  /^(core-id|access\.json|ended-tickets\.jsonl|(ticket|ticket\.previous|admin)\.key|(uplink|dev)-key(\.pub)?\.pem|core\.lock(-journal)?|.+\.sqlite(-wal|-shm)?)$/

/** Something that others can read, and that could not be closed to them. */
export interface OpenFile {
  readonly path: string
  /** As `ls -l` counts: 644. */
  readonly mode: string
}

/** Throws FileFault where the folder cannot be had. */
export function makePrivateFolder(folder: string): void {
  try {
    makeFolder(resolve(folder))
    // What is there may be a folder that nothing can be made in.
    readdirSync(folder)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw new FileFault(folder, 'is a file, not a folder', 'choose another with --data', { cause })
    throw FileFault.of(folder, cause, 'choose another with --data')
  }
}

/** Not `recursive`: where the system says that a parent which is there is missing (below /proc, say), Node tries for ever. */
function makeFolder(folder: string): void {
  const parent = dirname(folder)
  if (!existsSync(parent)) makeFolder(parent)
  try {
    mkdirSync(folder, { mode: FOLDER_MODE })
  } catch (error) {
    // It is there already, or another start made it in between.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

/** Makes an empty file, before SQLite does with whatever the umask leaves. One that is there is not opened: closing it would take SQLite's locks away. */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', FILE_MODE))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Closes the folder, and what Hawser made in it, to others. Gives what it could not. */
export function closeToOthers(folder: string): OpenFile[] {
  // Windows has no such modes.
  if (process.platform === 'win32') return []
  const files = readdirSync(folder).filter((name) => OWN_FILES.test(name))
  return [closeOne(folder, FOLDER_MODE), ...files.map((name) => closeOne(join(folder, name), FILE_MODE))].filter(
    (left) => left !== undefined,
  )
}

function closeOne(path: string, mode: number): OpenFile | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  // A sticky folder (/tmp) is meant for everybody, and a folder under a file's name is somebody else's mistake.
  if (!found || !(found.mode & OTHERS) || (mode === FILE_MODE && !found.isFile())) return undefined
  if (!(found.mode & STICKY)) {
    try {
      chmodSync(path, mode)
    } catch {
      // Not its owner, or a file system that cannot be written.
    }
  }
  const left = statSync(path, { throwIfNoEntry: false })
  // A file system without modes takes the change and shows the old one.
  return left && left.mode & OTHERS ? { path, mode: (left.mode & 0o7777).toString(8) } : undefined
}
