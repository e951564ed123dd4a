import { pino } from 'pino'
import { ConfigError, configHelp, readConfig } from './config.ts'
import type { Door } from './listeners/door.ts'
import { CoreServer } from './server.ts'

/** Runs the core until SIGTERM or SIGINT. One clear line on stderr and status 1 if it cannot start. */
async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(configHelp())
    return
  }
  const config = readConfig(args, process.env)
  const logger = pino({ level: config.logLevel, base: null }, pino.destination(2))
  const server = await CoreServer.start(config, logger, fail)
  const addresses = Object.fromEntries(Object.entries(server.doors).map(([name, door]) => [name, (door as Door | undefined)?.address]))
  process.stdout.write(`${JSON.stringify({ event: 'core-ready', ...addresses, pid: process.pid })}\n`)
  process.on('SIGHUP', () => server.reload())
  let stopping = false
  const stop = (): void => {
    // A second signal ends at once.
    if (stopping) process.exit(1)
    stopping = true
    server.stop().then(() => process.exit(0), fail)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // Started by `hawser start`: without its parent it would hold the ports for nobody.
  process.on('disconnect', () => {
    if (!stopping) stop()
  })
}

function fail(error: unknown): void {
  process.stderr.write(`hawser core: ${explain(error)}\n`)
  process.exit(1)
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  const { code, message, path, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is taken by another program; choose another with --tcp-port, --ws-port, --tls-port or --admin-port`
    case 'EACCES':
    case 'EROFS':
      return `no permission for ${path ?? `${address}:${port}`}`
    default:
      return message
  }
}

main().catch(fail)
