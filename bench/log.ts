/**
 * The cost of storing messages of 128 bytes: CPU of the storage thread and time on the disk,
 * microseconds a message, by size of batch and number of conversations. Medians of three.
 *
 *   node bench/log.ts [--messages 100000]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MessageIds } from '../client/identifiers.ts'
import { directConversationId } from '../shared/conversation-id.ts'
import type { AppendFields } from '../tcp-core/log/append-batch.ts'
import { SqliteLog } from '../tcp-core/log/sqlite-log.ts'

const ROUNDS = 3
const CONTENT = new Uint8Array(128).fill(97)

const { values } = parseArgs({ options: { messages: { type: 'string', default: '100000' } } })
const MESSAGES = Number(values.messages)

const ids = new MessageIds({ now: Date.now, after: () => () => {} })

/** The next message of a conversation, from its first user. */
function message(pair: number): AppendFields {
  const sender = `user-${2 * pair}`
  return {
    sender,
    conversationId: directConversationId(sender, `user-${2 * pair + 1}`),
    clientMessageId: ids.next(),
    contentType: 'text/plain',
    sentAt: Date.now(),
    content: CONTENT,
  }
}

/** Batches of `size` messages, `count` in all; `conversationOf` says to which conversation the nth belongs. */
export function* batches(count: number, size: number, conversationOf: (nth: number) => number): Generator<AppendFields[]> {
  for (let at = 0; at < count; at += size) {
    yield Array.from({ length: Math.min(size, count - at) }, (_, i) => message(conversationOf(at + i)))
  }
}

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
  for (const batch of batches(MESSAGES, size, (nth) => nth % conversations)) {
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

if (import.meta.main) {
  for (const conversations of [10, 10_000]) {
    for (const size of [100, 1000]) {
      const runs = Array.from({ length: ROUNDS }, () => measure(conversations, size)).toSorted((a, b) => a.cpu - b.cpu)
      const { cpu, wall, bytes } = runs[Math.floor(ROUNDS / 2)] as Cost
      console.log(
        `${String(conversations).padStart(6)} conversations, ${String(size).padStart(4)} a batch: ${cpu.toFixed(1)} us CPU, ${wall.toFixed(1)} us in all, ${bytes.toFixed(0)} bytes on disk`,
      )
    }
  }
}
