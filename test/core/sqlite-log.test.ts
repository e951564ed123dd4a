import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { ThreadedLog } from '../../tcp-core/log/threaded-log.ts'
import { testLogStore } from '../contract/log-store.ts'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

testLogStore(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-log-'))
  cleanups.push(() => rmSync(folder, { recursive: true }))
  let store = await open()
  async function open() {
    const opened = await ThreadedLog.open(join(folder, 'log.sqlite'), {
      died: (error) => {
        throw error
      },
      faultChanged: () => {},
    })
    cleanups.push(() => opened.close())
    return opened
  }
  return {
    store,
    async reopen() {
      await store.close()
      store = await open()
      return store
    },
  }
})
