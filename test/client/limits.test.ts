import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DoorName, House } from '../support/house.ts'
import { WatchedClient } from './watched-client.ts'

const FRAMES = 100
const CONTENT = 1000

let house: House
beforeAll(async () => {
  house = await House.start({
    env: { HAWSER_SESSION_PACKETS_PER_SECOND: String(FRAMES), HAWSER_MAX_CONTENT_BYTES: String(CONTENT) },
  })
}, 60_000)
afterAll(() => house?.dispose())

test.each<DoorName>(['tcp', 'ws', 'edge'])(
  'L10: by %s, a client keeps within what LOGIN_ACK says, and meets no rate_limited',
  async (door) => {
    await using watched = new WatchedClient(house.url(door), { token: () => house.signer.token(`busy-${door}`) })
    await watched.client.ready()
    expect(watched.client.limits).toMatchObject({ maxContentBytes: CONTENT, framesPerSecond: FRAMES })
    const refused = () => house.core.metric('hawser_errors_total', { code: 'rate_limited' })
    const before = await refused()
    await Promise.all(Array.from({ length: 250 }, (_, i) => watched.client.send({ to: 'somebody' }, `message ${i}`)))
    expect(await refused()).toBe(before)
    const long = watched.client.send({ to: 'somebody' }, 'x'.repeat(CONTENT + 1))
    await expect(long).rejects.toMatchObject({ code: 'content_too_large', field: 'content' })
    await watched.client.send({ to: 'somebody' }, 'x'.repeat(CONTENT))
  },
)
