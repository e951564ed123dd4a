import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const TIMEOUT_MS = 300_000
const program = fileURLToPath(new URL('run.ts', import.meta.url))

/** A process of its own: a simulation takes this one's clock and chance into its hands. */
function simulate(...args: string[]): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, output, errors) => {
      resolve({ status: Number(error?.code ?? 0), output: output + errors })
    })
  })
}

test('2,000 worlds keep every promise', { timeout: TIMEOUT_MS }, async () => {
  const { status, output } = await simulate('--seeds', '2000')
  expect(output).toContain('2000 seeds')
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining(' 0 failed') })
  console.log(output.trim())
})

test('each planted bug is found within 1,000 worlds', { timeout: TIMEOUT_MS }, async () => {
  const { status, output } = await simulate('--mutants')
  expect({ status, output }).toMatchObject({ status: 0, output: expect.not.stringContaining('NOT FOUND') })
  expect(output.match(/found by seed/g)?.length).toBeGreaterThanOrEqual(8)
  console.log(output.trim())
})

// With a burst, with a restored backup, with a shard that hibernates.
test.each(['8', '34', '57'])('world %s happens again in another process, event for event', { timeout: TIMEOUT_MS }, async (seed) => {
  const [once, again] = await Promise.all([simulate('--seed', seed), simulate('--seed', seed)])
  expect(once.output.split('\n').length).toBeGreaterThan(100)
  expect(again.output).toBe(once.output)
})
