import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockDataFolder } from '../../tcp-core/files/data-lock.ts'
import { CoreProcess } from '../support/core-process.ts'
import { tokenSigner } from '../support/tokens.ts'

test('a data folder has one core at a time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-lock-'))
  const first = lockDataFolder(folder)
  expect(() => lockDataFolder(folder)).toThrow(`another core is running on the data folder ${folder}`)
  first.release()
  lockDataFolder(folder).release()
  rmSync(folder, { recursive: true })
})

test('a second core says so in one line, and a kill gives the folder back', async () => {
  const tokenKey = tokenSigner().publicPem
  const first = await CoreProcess.start({ tokenKey })
  const second = new CoreProcess({ tokenKey, env: { HAWSER_DATA: first.data } })
  await expect(second.start()).rejects.toThrow(
    /^the core did not start: hawser core: another core is running on the data folder \S+; choose another with --data\n$/,
  )
  await first.stop('SIGKILL')
  await second.start()
  await second.dispose()
  await first.dispose()
})
