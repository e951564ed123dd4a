import type { Acknowledged, Discontinuity, Entry, History, Watcher } from './history-check.ts'

/** One line of a recorded history (docs/OPERATIONS.md, "Checking a history"). */
export type HistoryRecord =
  | ({ readonly type: 'ack' } & Acknowledged)
  | ({ readonly type: 'receive'; readonly client: string } & Entry)
  | ({ readonly type: 'discontinuity'; readonly client: string } & Discontinuity)
  | ({ readonly type: 'log' } & Entry)
  | ({ readonly type: 'member'; readonly conversationId: string } & Watcher)

const FIELDS: { readonly [T in HistoryRecord['type']]: Readonly<Record<string, 'string' | 'number'>> } = {
  ack: { conversationId: 'string', seq: 'number', from: 'string', clientMessageId: 'string' },
  receive: { client: 'string', conversationId: 'string', seq: 'number', from: 'string', clientMessageId: 'string' },
  discontinuity: { client: 'string', conversationId: 'string', fromSeq: 'number' },
  log: { conversationId: 'string', seq: 'number', from: 'string', clientMessageId: 'string' },
  member: { conversationId: 'string', client: 'string', user: 'string' },
}

/** Gathers a history from its lines, whatever their order but that of each client's own. Throws Error naming the line that is wrong. */
export async function readHistory(lines: AsyncIterable<string> | Iterable<string>): Promise<History> {
  const acked: Acknowledged[] = []
  const received = new Map<string, (Entry | Discontinuity)[]>()
  const log = new Map<string, Entry[]>()
  const members = new Map<string, Watcher[]>()
  let number = 0
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    const record = parse(line, number)
    if (record.type === 'ack') acked.push(record)
    else if (record.type === 'log') listOf(log, record.conversationId).push(record)
    else if (record.type === 'member') listOf(members, record.conversationId).push(record)
    else listOf(received, record.client).push(record)
  }
  for (const entries of log.values()) entries.sort((a, b) => a.seq - b.seq)
  return { acked, received, log, members }
}

function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

function parse(line: string, number: number): HistoryRecord {
  let record: Record<string, unknown>
  try {
    record = JSON.parse(line) as Record<string, unknown>
  } catch {
    throw new Error(`line ${number} is not JSON`)
  }
  const fields = Object.hasOwn(FIELDS, String(record.type)) ? FIELDS[record.type as HistoryRecord['type']] : undefined
  if (!fields) throw new Error(`line ${number}: "type" is none of ${Object.keys(FIELDS).join(', ')}`)
  for (const [name, type] of Object.entries(fields)) {
    if (typeof record[name] !== type) throw new Error(`line ${number}: "${name}" is no ${type}`)
  }
  return record as unknown as HistoryRecord
}
