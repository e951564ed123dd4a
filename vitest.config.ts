import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-edge.ts'],
    // Many tests wait (for a hibernation, a timeout, a restart), so one more at a time than the smallest machine has cores.
    maxWorkers: 3,
    // Some hundred cores are started: what they compile is kept for the next.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/tests', import.meta.url)) },
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
