/**
 * The cost of storing messages of 128 bytes: CPU of the storage thread and time on the disk,
 * microseconds a message, by size of batch and number of conversations. Medians of three.
 *
 *   npx node bench/log.ts [--messages 100000]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SqliteLog } from '../tcp-core/log/sqlite/sqlite-log.ts'
import { batches, numberedPair } from './fill-log.ts'

const ROUNDS = 3

const { values } = parseArgs({ options: { messages: { type: 'string', default: '100000' } } })
const MESSAGES = Number(values.messages)

interface Cost {
  readonly cpu: number
  readonly wall: number
  readonly bytes: number
}

function measure(conversations: number, size: number): Cost {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-bench-'))
  const path = join(folder, 'log.sqlite')
  const log = new SqliteLog(path)
  let cpu = 0
  let wall = 0
  for (const batch of batches(MESSAGES, size, (nth) => numberedPair(nth % conversations))) {
    const used = process.cpuUsage()
    const start = process.hrtime.bigint()
    log.append(batch)
    wall += Number(process.hrtime.bigint() - start) / 1000
    const { user, system } = process.cpuUsage(used)
    cpu += user + system
  }
  log.close()
  const bytes = statSync(path).size / MESSAGES
  rmSync(folder, { recursive: true })
  return { cpu: cpu / MESSAGES, wall: wall / MESSAGES, bytes }
}

for (const conversations of [10, 10_000]) {
  for (const size of [100, 1000]) {
    const runs = Array.from({ length: ROUNDS }, () => measure(conversations, size)).toSorted((a, b) => a.cpu - b.cpu)
    const { cpu, wall, bytes } = runs[Math.floor(ROUNDS / 2)] as Cost
    console.log(
      `${String(conversations).padStart(6)} conversations, ${String(size).padStart(4)} a batch: ${cpu.toFixed(1)} us CPU, ${wall.toFixed(1)} us in all, ${bytes.toFixed(0)} bytes on disk`,
    )
  }
}
