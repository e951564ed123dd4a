import { readFileSync } from 'node:fs'

export const MIB = 1024 * 1024

/** Resident memory of a process in bytes. */
export function rssBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
