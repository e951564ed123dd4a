import { readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100
/** Fields of /proc/<pid>/stat after the command's name. */
const PARENT = 1
const USER_TICKS = 11
const SYSTEM_TICKS = 12

function statOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
}

/** A process and all that came of it. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      parents.set(Number(entry), Number(statOf(Number(entry))[PARENT]))
    } catch {
      // It ended meanwhile.
    }
  }
  const tree = [root]
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child)
  return tree
}

/** CPU seconds that all threads of the processes have used, user and system, as the operating system counts them. */
export function cpuSeconds(pids: readonly number[]): number {
  let ticks = 0
  for (const pid of pids) {
    const fields = statOf(pid)
    ticks += Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])
  }
  return ticks / TICKS_PER_SECOND
}

/** Resident memory of the processes in bytes. */
export function rssBytes(pids: readonly number[]): number {
  let bytes = 0
  for (const pid of pids) bytes += Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  return bytes
}
