/** Puts the session of test/vectors/session.json into docs/WRITE-A-CLIENT.md, as hex with a comment on each field. */
import { readFileSync, writeFileSync } from 'node:fs'
import protobuf from 'protobufjs'
import { recordedSession, type SessionFrame } from '../../test/support/session.ts'
import { COMMAND_NOTES } from './tables.ts'

const document = new URL('../../docs/WRITE-A-CLIENT.md', import.meta.url)
const root = new protobuf.Root()
root.loadSync(new URL('../../shared/proto/hawser.proto', import.meta.url).pathname)

/** Bytes of a value on one line; a longer one goes on below. */
const LINE_BYTES = 24
const COMMENT_COLUMN = 44

const spaced = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const line = (indent: number, hex: string, comment: string) =>
  `${' '.repeat(2 * indent)}${hex}`.padEnd(COMMENT_COLUMN) + (comment === '' ? '' : ` # ${comment}`)

/** A value that goes over several lines has its name on the first. */
function longValue(indent: number, head: string, value: Uint8Array, comment: string): string[] {
  if (value.length <= LINE_BYTES) return [line(indent, `${head} ${spaced(value)}`, comment)]
  const lines = [line(indent, head, comment)]
  for (let at = 0; at < value.length; at += LINE_BYTES)
    lines.push(line(indent + 1, spaced(value.subarray(at, at + LINE_BYTES)), '').trimEnd())
  return lines
}

function lines(type: protobuf.Type, bytes: Uint8Array, indent: number): string[] {
  const reader = protobuf.Reader.create(bytes)
  const result: string[] = []
  while (reader.pos < reader.len) {
    const start = reader.pos
    const tag = reader.uint32()
    const field = type.fieldsById[tag >>> 3]?.resolve()
    if (!field) throw new Error(`${type.name} has no field ${tag >>> 3}`)
    const tagHex = spaced(bytes.subarray(start, reader.pos))
    const valueAt = reader.pos
    if ((tag & 7) === 0) {
      const number = Number(reader.uint64())
      const named = field.resolvedType instanceof protobuf.Enum ? field.resolvedType.valuesById[number] : number
      result.push(line(indent, `${tagHex} ${spaced(bytes.subarray(valueAt, reader.pos))}`, `${field.name}: ${named}`))
      continue
    }
    const value = reader.bytes()
    const head = `${tagHex} ${spaced(bytes.subarray(valueAt, reader.pos - value.length))}`
    if (field.resolvedType instanceof protobuf.Type) {
      result.push(line(indent, head, `${field.name}, ${value.length} bytes:`), ...lines(field.resolvedType, value, indent + 1))
    } else {
      result.push(
        ...longValue(
          indent,
          head,
          value,
          `${field.name}: ${value.length > LINE_BYTES ? `${value.length} bytes` : JSON.stringify(Buffer.from(value).toString())}`,
        ),
      )
    }
  }
  return result
}

function frameLines({ at, from, note, command, requestId, hex }: SessionFrame): string[] {
  if (command === '') return [`# ${at}: ${note}`]
  const bytes = Buffer.from(hex, 'hex')
  const way = from === 'client' ? `${at} -> core` : `core -> ${at}`
  const header = [bytes.subarray(0, 4), bytes.subarray(4, 5), bytes.subarray(5, 6), bytes.subarray(6, 8), bytes.subarray(8, 12)].map(spaced)
  const message = COMMAND_NOTES[command][0]
  return [
    `# ${way}: ${command}. ${note}`,
    line(0, header.join(' '), `length ${bytes.readUInt32BE(0)}, version 1, ${command}, flags 0, request ${requestId}`),
    ...(message === '' ? [] : lines(root.lookupType(`hawser.v1.${message}`), bytes.subarray(12), 0)),
  ]
}

/** The text of docs/WRITE-A-CLIENT.md with its session made anew. */
export function withSession(text: string, session: readonly SessionFrame[] = recordedSession()): string {
  const block = session.map((frame) => frameLines(frame).join('\n')).join('\n\n')
  return text.replace(
    /(<!-- session: made by .* -->\n)[\s\S]*?(<!-- \/session -->)/,
    (_, begin: string, end: string) => `${begin}\`\`\`\n${block}\n\`\`\`\n${end}`,
  )
}

if (import.meta.main) writeFileSync(document, withSession(readFileSync(document, 'utf8')))
