import { readFileSync } from 'node:fs'
import { forTerminal } from '../shared/foreign-text.ts'
import type { Command } from './command.ts'
import { EXIT, Failure, UsageError } from './exit.ts'
import { complain, print } from './output.ts'

/** Loaded when asked for: `hawser send` need not wait for what `hawser start` needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  send: async () => (await import('./commands/send.ts')).send,
  listen: async () => (await import('./commands/listen.ts')).listen,
  history: async () => (await import('./commands/history.ts')).history,
  search: async () => (await import('./commands/search.ts')).search,
  edit: async () => (await import('./commands/edit.ts')).edit,
  recall: async () => (await import('./commands/recall.ts')).recall,
  react: async () => (await import('./commands/react.ts')).react,
  group: async () => (await import('./commands/group.ts')).group,
  chat: async () => (await import('./commands/chat.ts')).chat,
  token: async () => (await import('./commands/token.ts')).token,
  keys: async () => (await import('./commands/keys.ts')).keys,
  core: async () => (await import('./commands/core.ts')).core,
  edge: async () => (await import('./commands/edge.ts')).edge,
  sessions: async () => (await import('./commands/sessions.ts')).sessions,
  kick: async () => (await import('./commands/kick.ts')).kick,
  broadcast: async () => (await import('./commands/broadcast.ts')).broadcast,
  operate: async () => (await import('./commands/operate.ts')).operate,
  ban: async () => (await import('./commands/ban.ts')).ban,
  check: async () => (await import('./commands/check.ts')).check,
  access: async () => (await import('./commands/access.ts')).access,
  backup: async () => (await import('./commands/backup.ts')).backup,
  verify: async () => (await import('./commands/verify.ts')).verify,
  trace: async () => (await import('./commands/trace.ts')).trace,
}

async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    print(await overview())
    if (name === undefined) process.exitCode = EXIT.usage
    return
  }
  if (name === '--version' || name === '-v') return print(version())
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!load) throw new UsageError(`there is no command "${name}"`)
  const command = await load()
  const ownArgs = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  if (command.help !== undefined && ownArgs.some((arg) => arg === '--help' || arg === '-h')) return print(command.help.trimEnd())
  await command.run(args)
}

async function overview(): Promise<string> {
  const rows = await Promise.all(Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(10)}${(await load()).summary}`))
  return `Usage: hawser <command>\n\n${rows.join('\n')}\n\n"hawser <command> --help" tells more.`
}

/** From the package's own package.json, two folders above the sources and three above the built files. */
function version(): string {
  const path = import.meta.filename.endsWith('.ts') ? '../package.json' : '../../package.json'
  return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version
}

/** A Failure is for its reader; anything else is a fault of this program, and its stack is worth having. */
function fail(name: string | undefined, error: unknown): void {
  if (!(error instanceof Failure)) {
    complain((error instanceof Error && error.stack) || String(error))
    process.exitCode = EXIT.failure
    return
  }
  const prefix = name && Object.hasOwn(COMMANDS, name) ? `hawser ${name}` : 'hawser'
  const hint = error instanceof UsageError ? `; see ${prefix} --help` : ''
  complain(`${prefix}: ${forTerminal(error.message.replace(/\.?\s*$/, ''))}${hint}`)
  process.exitCode = error.status
}

// A reader that has seen enough (`hawser listen | head`) ends it.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(EXIT.ok)
  complain(`hawser: cannot write its output: ${message}`)
  process.exit(EXIT.failure)
})
// Nobody to tell is no reason to end.
process.stderr.on('error', () => {})

const args = process.argv.slice(2)
await main(args).catch((error: unknown) => fail(args[0], error))
