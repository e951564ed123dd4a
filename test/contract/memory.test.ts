import { DEFAULT_LOG_RULES } from '../../tcp-core/log/log-rules.ts'
import { MemoryStore } from '../../tcp-core/log/memory/memory-store.ts'
import { testLogStore } from './log-store.ts'

const identity = { idPrefix: '00c0ffee', incarnation: 0, lastGivenId: 0, restoredFrom: undefined }

testLogStore(async () => {
  let store = new MemoryStore(identity, DEFAULT_LOG_RULES)
  return {
    store,
    async reopen() {
      await store.close()
      store = store.reopened(identity)
      return store
    },
  }
})
