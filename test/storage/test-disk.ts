import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A small file system of its own in a folder, that can be filled and can fail. */
export class TestDisk {
  readonly #folder: string
  readonly #image: string | undefined

  private constructor(folder: string, image: string | undefined) {
    this.#folder = folder
    this.#image = image
  }

  /** In memory; it can be made larger. */
  static async memory(folder: string, megabytes: number): Promise<TestDisk> {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
    return new TestDisk(folder, undefined)
  }

  /** An ext4 of 64 MiB in a file beside the folder; it can be made to fail as ext4 does on an error. */
  static async loop(folder: string): Promise<TestDisk> {
    const image = `${folder}.image`
    await run('fallocate', ['-l', '64M', image])
    try {
      await run('mkfs.ext4', ['-q', image])
      await run('mount', ['-o', 'loop', image, folder])
    } catch (error) {
      rmSync(image, { force: true })
      throw error
    }
    return new TestDisk(folder, image)
  }

  async resize(megabytes: number): Promise<void> {
    await run('mount', ['-o', `remount,size=${megabytes}m`, this.#folder])
  }

  async sync(): Promise<void> {
    await run('sync', ['--file-system', this.#folder])
  }

  /** What ext4 does when it meets an error: every write is refused from now on. */
  async abort(): Promise<void> {
    await run('mount', ['-o', 'remount,abort', this.#folder])
  }

  /** Mounted anew in its place, as after a repair; what has files open on it still has those of before. */
  async remount(): Promise<void> {
    await run('umount', ['--lazy', this.#folder])
    // A second mount of the same image shares the failed file system until its last file is closed, so its copy is mounted.
    const copy = `${this.#image}.copy`
    await run('cp', ['--sparse=always', String(this.#image), copy])
    await run('e2fsck', ['-fy', copy]).catch((error: { code: number }) => {
      if (error.code > 1) throw error
    })
    await run('mount', ['-o', 'loop', copy, this.#folder])
  }

  async unmount(): Promise<void> {
    await run('umount', ['--lazy', this.#folder])
    for (const file of this.#image ? [this.#image, `${this.#image}.copy`] : []) rmSync(file, { force: true })
  }
}

/** From now on the process cannot write into a file past this many bytes; undefined lifts the limit. */
export async function limitFiles(pid: number, bytes: number | undefined): Promise<void> {
  await run('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:`])
}

/** Why file systems cannot be mounted here; undefined where they can. */
export const NO_MOUNTS = await whyNoMounts()
/** Why no limit can be set on another process. */
export const NO_LIMITS = await run('prlimit', ['--version']).then(
  () => undefined,
  () => 'prlimit is not installed',
)

async function whyNoMounts(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux may mount a file system'
  const folder = mkdtempSync(join(tmpdir(), 'hawser-mount-'))
  try {
    const disk = await TestDisk.loop(folder)
    await disk.unmount()
    return undefined
  } catch (error) {
    return `no file system can be mounted here: ${(error as Error).message.split('\n')[0]}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
