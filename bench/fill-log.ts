import { join } from 'node:path'
import { MessageIds } from '../client/identifiers.ts'
import { directConversationId } from '../shared/conversation-id.ts'
import type { AppendFields } from '../tcp-core/log/append-batch.ts'
import { contentOf } from './load/content.ts'

const here = new URL('..', import.meta.url).pathname
const BATCH = 10_000
const CONTENT = contentOf(128)
const ids = new MessageIds({ now: Date.now, elapsed: () => 0, after: () => () => {} })

/** A sender and a receiver. */
export type PairOf = (nth: number) => readonly [string, string]

export const numberedPair = (pair: number): readonly [string, string] => [`user-${2 * pair}`, `user-${2 * pair + 1}`]

function message([sender, receiver]: readonly [string, string]): AppendFields {
  return {
    sender,
    conversationId: directConversationId(sender, receiver),
    clientMessageId: ids.next(),
    contentType: 'text/plain',
    sentAt: Date.now(),
    content: CONTENT,
  }
}

/** `count` messages of 128 bytes in batches; `pairOf` says of whom the nth is. */
export function* batches(count: number, size: number, pairOf: PairOf): Generator<AppendFields[]> {
  for (let at = 0; at < count; at += size) {
    yield Array.from({ length: Math.min(size, count - at) }, (_, i) => message(pairOf(at + i)))
  }
}

/**
 * Puts messages straight into the log file of a core that is not running. To fill one
 * conversation after the other is quicker by far than in turns.
 * `core` is another checkout whose log it is to be.
 */
export async function fillLog(path: string, count: number, pairOf: PairOf, core = here): Promise<void> {
  const { SqliteLog } = (await import(
    join(core, 'tcp-core/log/sqlite/sqlite-log.ts')
  )) as typeof import('../tcp-core/log/sqlite/sqlite-log.ts')
  const log = new SqliteLog(path)
  for (const batch of batches(count, BATCH, pairOf)) log.append(batch)
  // A core that began with it would index it while it is measured.
  while (log.index());
  log.close()
}
