import { afterAll, beforeAll, expect, test } from 'vitest'
import { LoneCore } from '../support/lone-core.ts'
import { SlowRelay } from '../support/slow-relay.ts'
import { WatchedClient } from './watched-client.ts'

const MESSAGES = 24
const MESSAGE_BYTES = 16 * 1024
/** A page of 256 KiB (Y1) takes four times as long as an answer is waited for. */
const REQUEST_TIMEOUT_MS = 500
const BYTES_PER_SECOND = 128 * 1024

let server: LoneCore
beforeAll(async () => {
  server = await LoneCore.start()
})
afterAll(() => server?.dispose())

test.each(['tcp', 'ws'] as const)(
  'by %s, a line too slow for a page in time gets there with smaller ones',
  { timeout: 60_000 },
  async (door) => {
    const [sender, reader] = [`${door}-sender`, `${door}-reader`]
    await using from = new WatchedClient(`tcp://${server.core.tcp}`, { token: () => server.signer.token(sender) })
    const content = new Uint8Array(MESSAGE_BYTES)
    await Promise.all(
      Array.from({ length: MESSAGES }, () => from.client.send({ to: reader }, { contentType: 'application/octet-stream', content })),
    )

    using line = await SlowRelay.to(server.address(door), BYTES_PER_SECOND)
    await using client = new WatchedClient(door === 'tcp' ? `tcp://${line.address}` : `ws://${line.address}/ws`, {
      token: () => server.signer.token(reader),
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
    })
    await client.client.ready()
    expect(client.seqs).toEqual(Array.from({ length: MESSAGES }, (_, i) => i + 1))
    // The test is one only if it took more than the first line.
    expect(line.opened).toBeGreaterThan(1)
  },
)

test.each(['tcp', 'ws'] as const)(
  'by %s, a slow line that is asked whether it lives is not torn down',
  { timeout: 60_000 },
  async (door) => {
    const [sender, reader] = [`${door}-asker`, `${door}-asked`]
    await using from = new WatchedClient(`tcp://${server.core.tcp}`, { token: () => server.signer.token(sender) })
    // One message takes 4 s, and the answer to a PING comes behind it.
    using line = await SlowRelay.to(server.address(door), 16 * 1024)
    await using to = new WatchedClient(door === 'tcp' ? `tcp://${line.address}` : `ws://${line.address}/ws`, {
      token: () => server.signer.token(reader),
    })
    await to.client.ready()
    const arrived = to.next('message')
    await from.client.send({ to: reader }, { contentType: 'application/octet-stream', content: new Uint8Array(64 * 1024) })
    to.client.reconnect()
    to.client.checkConnection()
    await Promise.all([arrived, to.client.send({ to: sender }, 'acknowledged behind the large one')])
    expect(line.opened).toBe(1)
  },
)
