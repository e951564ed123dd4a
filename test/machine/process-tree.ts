import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Looks until there is something: the system tells nobody of processes and files of others. */
export async function seen<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    await pause(2)
  }
}

/** The processes that this one started, as Linux tells them. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** The descendants of a process that run this program, by a part of its command line. */
export function descendants(pid: number, program: string): number[] {
  return childrenOf(pid).flatMap((child) => [...(commandLine(child).includes(program) ? [child] : []), ...descendants(child, program)])
}

/** Whether the process is there and no zombie. */
export function runs(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
