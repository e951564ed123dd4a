import { resolve } from 'node:path'
import { forTerminal } from '../../shared/foreign-text.ts'
import { ADMIN_FLAGS, adminRequest } from '../admin.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../exit.ts'
import { flagsHelp, noWords, readFlags } from '../flags.ts'
import { print } from '../output.ts'

export const backup: Command = {
  summary: 'copy the log of a running core into a new file',
  help: `Usage: hawser backup FILE

The core goes on meanwhile. FILE is on the machine of the core; it is there under its name
only when it is whole. Put in place of log.sqlite in the data folder of a stopped core, it
is the log again.

${flagsHelp(ADMIN_FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, ADMIN_FLAGS)
    const [file, ...rest] = words
    if (file === undefined) throw new UsageError('say which FILE')
    noWords(rest)
    const made = await adminRequest<{ path: string; bytes: number; milliseconds: number }>(values, '/backup', {
      method: 'POST',
      body: { path: resolve(file) },
    })
    print(`${forTerminal(made.path)}: ${(made.bytes / 1024 / 1024).toFixed(1)} MiB in ${(made.milliseconds / 1000).toFixed(1)} s`)
  },
}
