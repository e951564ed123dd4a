import { type Logger, pino } from 'pino'
import { ConfigError, type CoreConfig, configHelp, readConfig } from './config/config.ts'
import { flagName } from './config/settings.ts'
import { FileFault } from './files/file-fault.ts'
import type { Door } from './listeners/door.ts'
import { CoreServer } from './server.ts'

let config: CoreConfig | undefined

/** Runs the core until SIGTERM or SIGINT. One clear line on stderr and status 1 if it cannot start. */
async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(configHelp())
    return
  }
  // Whatever it makes is for its own user.
  process.umask(0o077)
  let server: CoreServer | undefined
  let stopping = false
  const stop = (): void => {
    // A second signal ends at once.
    if (stopping) process.exit(1)
    stopping = true
    // During the start there is nobody to take leave of.
    if (!server) process.exit(0)
    server.stop().then(() => process.exit(0), fail)
  }
  // From the first moment on: a start may take long, and in a container what has no handler ignores the signal.
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => server?.reload())
  whenParentEnds(() => {
    if (!stopping) stop()
  })
  config = readConfig(args, process.env)
  server = await CoreServer.start(config, makeLogger(config.logLevel), fail)
  const addresses = Object.fromEntries(Object.entries(server.doors).map(([name, door]) => [name, (door as Door | undefined)?.address]))
  process.stdout.write(`${JSON.stringify({ event: 'core-ready', ...addresses, pid: process.pid })}\n`)
}

/** Started by `hawser`: without its parent it would hold the ports for nobody. The parent may be gone before this is asked. */
function whenParentEnds(ended: () => void): void {
  if (process.connected === false) return ended()
  process.once('disconnect', ended)
  process.channel?.unref()
}

/** A core goes on where its log lines cannot be written: their reader is gone, or the disk that they go to is full. */
function makeLogger(level: CoreConfig['logLevel']): Logger {
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  const stderr = pino.destination(2)
  stderr.on('error', () => {})
  return pino({ level, base: null }, stderr)
}

function fail(error: unknown): void {
  process.stderr.write(`hawser core: ${explain(error).replace(/\s*\n\s*/g, ' ')}\n`)
  process.exit(1)
}

type SystemError = NodeJS.ErrnoException & { readonly address?: string; readonly hostname?: string; readonly port?: number }

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof FileFault) return error.message
  const { code, message, path, address, hostname, port } = error as SystemError
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is taken by another program; choose another with ${portFlag(port)}, 0 for any that is free`
    case 'EACCES':
    case 'EROFS':
      return `no permission for ${path ?? `${address}:${port}`}`
    case 'ENOTFOUND':
    case 'EADDRNOTAVAIL': {
      const host = hostname ?? address
      return `"${host}" is no address of this machine; choose another with ${flagName(config?.adminHost === host ? 'adminHost' : 'host')}`
    }
    default:
      return message
  }
}

function portFlag(port: number | undefined): string {
  const names = ['tcpPort', 'wsPort', 'tlsPort', 'adminPort'] as const
  return flagName(names.find((name) => config && Number(config[name]) === port) ?? 'tcpPort')
}

main().catch(fail)
