import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildAssets, buildWorker } from '../../edge/node/build.node.ts'
import { startEdge } from '../../edge/node/serve.node.ts'
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from '../../edge/node/workerd-config.node.ts'

const folder = mkdtempSync(join(tmpdir(), 'hawser-serve-'))
const options = { port: 0, stateDir: join(folder, 'state'), bundleDir: join(folder, 'dist'), settings: {} }
beforeAll(async () => {
  await Promise.all([buildWorker(join(folder, 'dist/worker')), buildAssets(join(folder, 'dist/assets'))])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('startEdge', () => {
  it('says on what address another program listens', async () => {
    const other: Server = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await expect(startEdge({ ...options, port })).rejects.toThrow(`The address 127.0.0.1:${port} is taken: another program listens there.`)
    other.close()
  })

  it('says that the edge is not built', async () => {
    await expect(startEdge({ ...options, bundleDir: join(folder, 'nothing') })).rejects.toThrow(
      /^The edge is not built: .*\.js cannot be read/,
    )
  })

  it('tells when workerd ends', async () => {
    const edge = await startEdge(options)
    process.kill(edge.pid, 'SIGKILL')
    expect(await edge.ended).toBe('workerd ended with SIGKILL')
    await edge.stop()
  })
})

it('runs as a program, and ends when it is told to', async () => {
  const child = spawn(process.execPath, [new URL('../../edge/node/serve.node.ts', import.meta.url).pathname], {
    env: { ...process.env, HAWSER_EDGE_PORT: '0', HAWSER_EDGE_STATE: join(folder, 'program') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) {
    const { event, url } = JSON.parse(line) as { event: string; url: string }
    expect(event).toBe('edge-ready')
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    break
  }
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
})

it('runs the Worker under the same rules as Cloudflare does', () => {
  const toml = readFileSync(new URL('../../wrangler.toml', import.meta.url), 'utf8')
  expect(toml).toContain(`compatibility_date = "${COMPATIBILITY_DATE}"`)
  expect(toml).toContain(`compatibility_flags = ${JSON.stringify(COMPATIBILITY_FLAGS)}`)
})
