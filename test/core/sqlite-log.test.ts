import { join } from 'node:path'
import { testLogStore } from '../contract/log-store.ts'
import { logFolder, openLog } from '../storage/log-folder.ts'

testLogStore(async () => {
  const path = join(logFolder(), 'log.sqlite')
  let store = await openLog(path)
  return {
    store,
    async reopen() {
      await store.close()
      store = await openLog(path)
      return store
    },
  }
})
