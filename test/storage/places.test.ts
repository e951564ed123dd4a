import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Direction, readSyncAck, writeChange } from '../../shared/gen/hawser.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import { SqliteLog } from '../../tcp-core/log/sqlite/sqlite-log.ts'
import { logFolder } from './log-folder.ts'

const CONVERSATIONS = ['dm/alice/bob', 'dm/alice/carol', 'dm/alice/dave']
const LONGEST = 70

/** A log in which the conversations, 70, 69 and 68 entries long, took turns. */
function logInTurns(): SqliteLog {
  const log = new SqliteLog(join(logFolder(), 'log.sqlite'))
  for (let i = 1; i <= LONGEST; i++) {
    const open = CONVERSATIONS.filter((_, at) => i <= LONGEST - at)
    const rest = { sender: 'alice', contentType: '', sentAt: i, content: new Uint8Array(0) }
    log.append(open.map((conversationId) => ({ ...rest, conversationId, clientMessageId: `${conversationId}-${i}` })))
  }
  return log
}

function pulled(log: SqliteLog, conversationId: string, asked: { fromSeq: number; limit: number; direction: Direction }) {
  const { syncAck } = log.reads.page({ userId: 'alice', conversationId, epoch: 0, digest: 0, ...asked })
  const page = readSyncAck(new ProtobufReader(syncAck)).page
  return { seqs: page?.messages.map(({ seq }) => seq), more: page?.more }
}

test('from any seq, in either direction and as many as asked for, the entries of a conversation come as they are', () => {
  const log = logInTurns()
  CONVERSATIONS.forEach((conversationId, at) => {
    const all = Array.from({ length: LONGEST - at }, (_, i) => i + 1)
    for (let fromSeq = 0; fromSeq <= LONGEST + 1; fromSeq++) {
      for (const limit of [1, 15, 16, 17, 40, 100]) {
        const after = all.filter((seq) => seq > fromSeq)
        const forward = pulled(log, conversationId, { fromSeq, limit, direction: Direction.FORWARD })
        expect(forward, `${conversationId} after ${fromSeq}`).toEqual({ seqs: after.slice(0, limit), more: after.length > limit })
        const before = fromSeq === 0 ? all : all.filter((seq) => seq < fromSeq)
        const backward = pulled(log, conversationId, { fromSeq, limit, direction: Direction.BACKWARD })
        expect(backward, `${conversationId} before ${fromSeq}`).toEqual({ seqs: before.slice(-limit), more: before.length > limit })
      }
    }
  })
  log.close()
})

test('unread is counted through any number of own messages, and up to its limit', () => {
  const log = new SqliteLog(join(logFolder(), 'log.sqlite'))
  const send = (count: number, senderOf: (nth: number) => string) => {
    const message = { conversationId: 'dm/alice/bob', contentType: '', sentAt: 1, content: new Uint8Array(0) }
    log.append(Array.from({ length: count }, (_, i) => ({ ...message, sender: senderOf(i), clientMessageId: `${count}-${i}` })))
  }
  const unread = () => {
    const { list } = readSyncAck(new ProtobufReader(log.reads.list('bob', '', 10)))
    return list?.conversations[0]?.unread
  }
  send(2500, (nth) => (nth % 100 === 0 ? 'alice' : 'bob'))
  expect(unread()).toBe(25)
  send(974, () => 'alice')
  expect(unread()).toBe(999)
  send(3000, () => 'alice')
  expect(unread()).toBe(1000)
  log.close()
})

test('what a batch has just stored can be changed in the same batch', () => {
  const log = new SqliteLog(join(logFolder(), 'log.sqlite'))
  const message = { sender: 'alice', conversationId: 'dm/alice/bob', contentType: 'text/plain', sentAt: 1, content: Buffer.from('tea?') }
  const writer = new ProtobufWriter()
  writeChange(writer, { edit: { seq: 1, contentType: 'text/plain', content: Buffer.from('coffee?') } })
  const outcomes = log.append([
    { ...message, clientMessageId: 'first' },
    { ...message, clientMessageId: 'second' },
    { ...message, clientMessageId: 'third', contentType: '', content: new Uint8Array(0), change: writer.finishAlone() },
  ])
  expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored'])
  const asked = { userId: 'bob', conversationId: 'dm/alice/bob', epoch: 0, digest: 0, fromSeq: 0, limit: 1, direction: Direction.FORWARD }
  const [edited] = readSyncAck(new ProtobufReader(log.reads.page(asked).syncAck)).page?.messages ?? []
  expect(Buffer.from(edited?.content ?? []).toString()).toBe('coffee?')
  log.close()
})
