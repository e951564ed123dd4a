import { DEFAULT_LOG_RULES } from '../../tcp-core/log/log-rules.ts'
import { MemoryStore } from '../../tcp-core/log/memory/memory-store.ts'
import { MemoryTables } from '../../tcp-core/log/memory/memory-tables.ts'
import { testLogStore } from './log-store.ts'

const identity = { idPrefix: '00c0ffee', incarnation: 0, lastGivenId: 0, restoredFrom: undefined }

testLogStore(async () => {
  const tables = new MemoryTables(identity, DEFAULT_LOG_RULES, Date.now)
  let store = new MemoryStore(tables)
  return {
    store,
    async reopen() {
      await store.close()
      store = new MemoryStore(tables)
      return store
    },
  }
})
