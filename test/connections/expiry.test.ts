import { afterAll, beforeAll, expect, test } from 'vitest'
import { CODES } from '../../shared/codes.ts'
import { Command } from '../../shared/commands.ts'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { LoneCore, OWN_DOORS } from '../support/lone-core.ts'

let server: LoneCore
beforeAll(async () => {
  server = await LoneCore.start()
})
afterAll(() => server?.dispose())

/** Of the first token of each; time enough to renew on a busy machine. */
const LIVES = { alice: '2s', bob: '4s', carol: '1h' }
/** Past the end of what the renewed token replaced. */
const RENEWED = { bob: '1h', carol: '5s' }

test.concurrent.each(OWN_DOORS)('L7: by %s a session ends with its token, and one that renewed goes on', async (door) => {
  const login = {
    deviceId: 'device',
    deviceClass: DeviceClass.PHONE,
    instanceId: '',
    intent: Intent.PERSON,
    generation: 0,
    client: '',
    ticket: '',
  }
  const [alice, bob, carol] = await Promise.all(
    Object.entries(LIVES).map(async ([user, expiresIn]) => {
      const peer = await server.open(door)
      await peer.login(await server.signer.token(`${user}-${door}`, { expiresIn }))
      return peer
    }),
  )
  await bob?.ask(Command.LOGIN, 7, { ...login, token: await server.signer.token(`bob-${door}`, { expiresIn: RENEWED.bob }) })
  // The end may also come nearer.
  await carol?.ask(Command.LOGIN, 7, { ...login, token: await server.signer.token(`carol-${door}`, { expiresIn: RENEWED.carol }) })
  expect(await alice?.closed).toMatchObject({ code: CODES.token_expired.close })
  expect(await carol?.closed).toMatchObject({ code: CODES.token_expired.close })
  expect((await bob?.ask(Command.PING, 8, {}))?.command).toBe(Command.PONG)
  expect(await server.core.metric('hawser_session_duration_seconds_count', { reason: 'token_expired', transport: door })).toBe(2)
  bob?.end()
})
