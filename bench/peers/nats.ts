import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSharedStream, type StreamLayout } from '../wire/jet-stream-api.ts'
import type { Peer, RunningServer } from './peer.ts'
import { freePort, installed, printed, startDaemon } from './server-process.ts'

const PROGRAM = 'nats-server'

function version(): string | undefined {
  const path = installed(PROGRAM)
  return path && /v?([\d.]+)\s*$/.exec(printed(path, '--version').trim())?.[1]
}

async function startServer(folder: string, settings: readonly string[]): Promise<RunningServer> {
  const port = await freePort()
  const config = join(folder, 'nats.conf')
  const lines = ['host: 127.0.0.1', `port: ${port}`, 'max_pending: 256MB', 'write_deadline: "30s"', ...settings]
  writeFileSync(config, `${lines.join('\n')}\n`)
  return startDaemon(installed(PROGRAM) as string, ['-c', config], port, { stdio: 'ignore' })
}

export const natsCore: Peer = {
  name: 'nats',
  title: 'NATS core',
  wire: 'nats',
  ack: 'the receiver’s own reply; the server promises nothing and keeps nothing',
  setting: 'request and reply',
  version,
  start: ({ folder }) => startServer(folder, []),
}

async function startJetStream(folder: string, streams: StreamLayout): Promise<RunningServer> {
  const server = await startServer(folder, ['jetstream {', `  store_dir: "${join(folder, 'jetstream')}"`, '}'])
  await createSharedStream(server.address, streams)
  return { ...server, settings: { streams } }
}

const jetStream = {
  wire: 'jetStream',
  ack: 'written to its file; fsynced every two minutes',
  version,
} as const

export const natsJetStream: Peer = {
  ...jetStream,
  name: 'jetstream',
  title: 'NATS JetStream, one stream',
  setting: 'file storage; one stream, in it a durable push consumer with explicit acks for each receiver',
  start: ({ folder }) => startJetStream(folder, 'one'),
}

export const natsJetStreams: Peer = {
  ...jetStream,
  name: 'jetstreams',
  title: 'NATS JetStream, a stream each',
  setting: 'file storage; a stream for each receiver with a durable push consumer with explicit acks',
  start: ({ folder }) => startJetStream(folder, 'each'),
}
