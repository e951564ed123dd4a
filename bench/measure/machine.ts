import { cpus, release, totalmem } from 'node:os'

/** What figures depend on besides the servers: nothing that would tell one machine of a kind from another. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly kernel: string
  readonly node: string
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release().split('-')[0] as string,
    node: process.version,
  }
}
