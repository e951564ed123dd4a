import { statSync } from 'node:fs'
import { join } from 'node:path'
import { forTerminal } from '../../shared/foreign-text.ts'
import { ADMIN_FLAGS, type AdminValues, adminRequest } from '../admin.ts'
import type { Command } from '../command.ts'
import { EXIT, Failure } from '../exit.ts'
import { flagsHelp, noWords, readFlags } from '../flags.ts'
import { print } from '../output.ts'
import { Part } from '../part.ts'

interface Report {
  readonly path: string
  readonly messages: number
  readonly conversations: number
  readonly users: number
  readonly milliseconds: number
  readonly findings: readonly string[]
}

export const verify: Command = {
  summary: 'check the log: digests, gaps, indexes, members',
  help: `Usage: hawser verify [FILE]

Checks the log of a running core, which goes on meanwhile; or FILE, a backup, a log or a data
folder, whether a core uses it or not. Ends with status 1 where something is wrong.

${flagsHelp(ADMIN_FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, ADMIN_FLAGS)
    const [file, ...rest] = words
    noWords(rest)
    const report = file === undefined ? await askCore(values) : await readFile(file)
    for (const finding of report.findings) print(forTerminal(finding))
    const { path, messages, conversations, users, milliseconds, findings } = report
    const verdict = findings.length === 0 ? 'nothing wrong' : `${findings.length} findings`
    print(
      `${forTerminal(path)}: ${verdict} in ${messages} messages, ${conversations} conversations, ${users} users (${(milliseconds / 1000).toFixed(1)} s)`,
    )
    if (findings.length > 0) process.exitCode = EXIT.failure
  },
}

function askCore(values: AdminValues): Promise<Report> {
  return adminRequest<Report>(values, '/verify', { method: 'POST' })
}

async function readFile(file: string): Promise<Report> {
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory()
  const part = new Part('verify', { args: [isFolder ? join(file, 'log.sqlite') : file], env: process.env, output: 'pipe' })
  const report = await part.ready<Report>('verified')
  if (!report) throw new Failure(`${file} cannot be checked`)
  return report
}
