import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { limitOf } from '../../scripts/generate/messages.ts'
import { Command } from '../../shared/commands.ts'
import { RequestError } from '../../shared/errors.ts'
import { decodeRequest, encodeRequest } from '../../shared/frame.ts'
import * as hawser from '../../shared/gen/hawser.ts'
import * as uplink from '../../shared/gen/uplink.ts'
import { ProtobufError } from '../../shared/protobuf-error.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'

const FILES = [
  ['hawser', hawser],
  ['uplink', uplink],
] as const
const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
const writer = new ProtobufWriter()

function typesOf(name: string): protobuf.Type[] {
  const root = new protobuf.Root()
  root.loadSync(new URL(`../../shared/proto/${name}.proto`, import.meta.url).pathname, { keepCase: true, alternateCommentMode: true })
  const types: protobuf.Type[] = []
  const walk = (space: protobuf.NamespaceBase) => {
    for (const entry of space.nestedArray) {
      if (entry instanceof protobuf.Type) types.push(entry.resolveAll() as protobuf.Type)
      else if (entry instanceof protobuf.Namespace) walk(entry)
    }
  }
  walk(root)
  return types
}

/** A message of our shape with nothing in it. */
function empty(type: protobuf.Type): Record<string, unknown> {
  return Object.fromEntries(
    type.fieldsArray
      .filter((field) => field.repeated || !(field.resolvedType instanceof protobuf.Type || field.options?.proto3_optional))
      .map((field) => [camel(field.name), field.repeated ? [] : zeroOf(field)]),
  )
}

function zeroOf(field: protobuf.Field): unknown {
  if (field.type === 'string') return ''
  if (field.type === 'bytes') return new Uint8Array(0)
  return field.type === 'bool' ? false : 0
}

const ANY_NUMBER = fc.oneof(
  fc.maxSafeNat(),
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 64, 1e308),
)
/** Also halves of surrogate pairs. */
const ANY_TEXT = fc.array(fc.nat(0xffff), { maxLength: 60 }).map((codes) => String.fromCharCode(...codes))

/** Any value that the TypeScript types allow. */
function anyTyped(type: protobuf.Type): fc.Arbitrary<Record<string, unknown>> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {}
  for (const field of type.fieldsArray) {
    let value: fc.Arbitrary<unknown>
    if (field.resolvedType instanceof protobuf.Type) value = anyTyped(field.resolvedType)
    else if (field.resolvedType instanceof protobuf.Enum) value = fc.constantFrom(...Object.values(field.resolvedType.values))
    else if (field.type === 'string') value = fc.oneof(fc.string(), ANY_TEXT)
    else if (field.type === 'bytes') value = fc.uint8Array()
    else value = field.type === 'bool' ? fc.boolean() : fc.oneof({ arbitrary: fc.nat(), weight: 9 }, ANY_NUMBER)
    if (field.repeated) value = fc.array(value, { maxLength: 2 })
    else if (field.resolvedType instanceof protobuf.Type || field.options?.proto3_optional) value = fc.option(value, { nil: undefined })
    fields[camel(field.name)] = value
  }
  return fc.record(fields)
}

/** Every number of a message with its bits, and every text. */
function isAllowed(type: protobuf.Type, message: Record<string, unknown>): boolean {
  return type.fieldsArray.every((field) => {
    const value = message[camel(field.name)]
    return (field.repeated ? (value as unknown[]) : value === undefined ? [] : [value]).every((one) => {
      if (field.resolvedType instanceof protobuf.Type) return isAllowed(field.resolvedType, one as Record<string, unknown>)
      if (field.type === 'string') return (one as string).isWellFormed()
      if (typeof one !== 'number') return true
      return Number.isSafeInteger(one) && one >= 0 && (field.type !== 'uint32' || one < 2 ** 32)
    })
  })
}

const BAD: Record<string, unknown[]> = {
  uint64: [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2 ** 32 + 0.5],
  uint32: [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 53],
  string: ['\ud800', `${'x'.repeat(100)}\udc00`, 'a\udc00\ud800b'],
}

describe.each(FILES)('%s.proto', (name, code) => {
  const types = typesOf(name)
  const codec = (type: protobuf.Type) => ({
    write: code[`write${type.name}` as keyof typeof code] as unknown as (writer: ProtobufWriter, message: unknown) => void,
    read: code[`read${type.name}` as keyof typeof code] as unknown as (reader: ProtobufReader) => Record<string, unknown>,
  })

  test.each(types.map((type) => [type.name, type] as const))(
    '%s: what the writer takes the reader takes, and gives back the same',
    (_, type) => {
      const { write, read } = codec(type)
      fc.assert(
        fc.property(anyTyped(type), (message) => {
          writer.reset()
          try {
            write(writer, message)
          } catch (error) {
            expect(error).toBeInstanceOf(ProtobufError)
            expect(isAllowed(type, message)).toBe(false)
            return
          }
          expect(isAllowed(type, message)).toBe(true)
          expect(read(new ProtobufReader(writer.finishAlone()))).toEqual(withoutNegativeZero(message))
        }),
        { numRuns: 200 },
      )
    },
  )

  const scalars = types.flatMap((type) => type.fieldsArray.map((field) => ({ type, field }))).filter(({ field }) => field.type in BAD)
  test.each(scalars.map(({ type, field }) => [`${type.name}.${field.name}`, type, field] as const))(
    '%s refuses by its name what is out of range, and writes nothing of it',
    (_, type, field) => {
      for (const bad of BAD[field.type] as unknown[]) {
        const message = { ...empty(type), [camel(field.name)]: field.repeated ? [bad] : bad }
        writer.reset()
        expect(() => codec(type).write(writer, message)).toThrow(expect.objectContaining({ name: 'ProtobufError', field: field.name }))
      }
    },
  )

  const numbers = scalars.filter(({ field }) => field.type !== 'string')
  test.each(numbers.map(({ type, field }) => [`${type.name}.${field.name}`, type, field] as const))(
    '%s: a number that is too large for it is refused by its name, never cut',
    (_, type, field) => {
      // 2^32 and 2^53, as a peer in another language may write them.
      const bytes = field.type === 'uint32' ? [0x80, 0x80, 0x80, 0x80, 0x10] : [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]
      const tag = new ProtobufWriter()
      tag.varint(field.id << 3)
      const body = Uint8Array.from([...tag.finishAlone(), ...bytes])
      expect(() => codec(type).read(new ProtobufReader(body))).toThrow(
        expect.objectContaining({ name: 'ProtobufError', field: field.name }),
      )
    },
  )
})

function withoutNegativeZero(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNegativeZero)
  if (value instanceof Uint8Array) return value
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutNegativeZero(one)]))
  return Object.is(value, -0) ? 0 : value
}

/** The commands that a client sends. */
const REQUESTS = ['Login', 'Send', 'DeliverAck', 'Sync', 'Read', 'Query', 'Typing', 'Watch', 'Room', 'Publish']

function repeatedIn(type: protobuf.Type, seen = new Set<protobuf.Type>()): { type: protobuf.Type; field: protobuf.Field }[] {
  if (seen.has(type)) return []
  seen.add(type)
  return type.fieldsArray.flatMap((field) => [
    ...(field.repeated ? [{ type, field }] : []),
    ...(field.resolvedType instanceof protobuf.Type ? repeatedIn(field.resolvedType, seen) : []),
  ])
}

describe('F5: what a client sends is bounded before it is decoded', () => {
  const types = new Map(typesOf('hawser').map((type) => [type.name, type]))
  const repeated = REQUESTS.flatMap((name) => repeatedIn(types.get(name) as protobuf.Type))

  test('every repeated field of a client’s messages has a limit', () => {
    expect(repeated.length).toBeGreaterThan(8)
    expect(repeated.filter(({ field }) => limitOf(field) === undefined).map(({ type, field }) => `${type.name}.${field.name}`)).toEqual([])
  })

  const unique = [...new Map(repeated.map((one) => [`${one.type.name}.${one.field.name}`, one]))]
  test.each(unique)('%s: as many as the limit are read, one more is refused by the field’s name', (_, { type, field }) => {
    const read = hawser[`read${type.name}` as keyof typeof hawser] as unknown as (reader: ProtobufReader) => Record<string, unknown[]>
    const limit = limitOf(field) as number
    const one = field.resolvedType instanceof protobuf.Type || field.type === 'string' ? [(field.id << 3) | 2, 0] : [field.id << 3, 1]
    const body = (count: number) => Uint8Array.from(Array.from({ length: count }, () => one).flat())
    expect(read(new ProtobufReader(body(limit), 5000))[camel(field.name)]).toHaveLength(limit)
    const malformed = expect.objectContaining({ field: field.name, message: `"${field.name}" has more than ${limit} elements` })
    expect(() => read(new ProtobufReader(body(limit + 1), 5000))).toThrow(malformed)
  })

  const MIB = 1024 * 1024
  const nested = (number: number, inner: Uint8Array) => {
    writer.reset()
    writer.varint((number << 3) | 2)
    writer.bytes(inner)
    return writer.finishAlone()
  }
  test.each([
    ['packed numbers', Command.QUERY, nested(6, nested(2, new Uint8Array(MIB).fill(1))), 'seqs'],
    ['numbers that are not packed', Command.QUERY, nested(6, filled([0x10, 1])), 'seqs'],
    ['empty positions', Command.DELIVER_ACK, filled([0x0a, 0]), 'positions'],
    ['numbers of a field that nobody knows', Command.READ, filled([0x78, 1]), ''],
    ['empty messages of a field that nobody knows', Command.READ, filled([0x7a, 0]), ''],
    ['the same message again and again', Command.SYNC, filled([0x0a, 0]), ''],
    ['names of nobody in a change', Command.SEND, nested(7, nested(3, filled([0x0a, 0]))), 'users'],
    ['attributes deep in a change', Command.SEND, nested(7, nested(1, filled([0x22, 0]))), 'attributes'],
    ['the same change again and again', Command.SEND, filled([0x3a, 2, 0x22, 0]), ''],
  ] as const)('1 MiB of %s costs no more than a few elements', (_, command, body, field) => {
    const started = performance.now()
    for (let i = 0; i < 100; i++) {
      expect(() => decodeRequest(command, body)).toThrow(expect.objectContaining({ code: 'body_malformed', field }))
    }
    // All of it costs from 5 to 290 ms each; the most that is read of it is 5,000 fields.
    expect((performance.now() - started) / 100).toBeLessThan(3)
  })

  function filled(element: number[]): Uint8Array {
    return new Uint8Array(MIB).map((_, i) => element[i % element.length] as number)
  }
})

test('every fault of a body is told in a whole sentence', () => {
  const told = (command: Command, ...bytes: number[]) => {
    try {
      decodeRequest(command, Uint8Array.from(bytes))
    } catch (error) {
      if (error instanceof RequestError) return [error.message, error.field]
    }
    return []
  }
  const nines = Array<number>(9).fill(0xff)
  expect(told(Command.READ, 0x10, ...nines, 1)).toEqual(['The body is malformed: "seq" has a number above 2^53 - 1.', 'seq'])
  expect(told(Command.READ, 0x10, ...nines, 0xff, 1)).toEqual(['The body is malformed: "seq" has a number of more than ten bytes.', 'seq'])
  expect(told(Command.READ, 0x10, 0x80)).toEqual(['The body is malformed: "seq" ends inside a number.', 'seq'])
  expect(told(Command.READ, 0x0a, 5, 1)).toEqual(['The body is malformed: "conversation_id" runs past the end.', 'conversation_id'])
  expect(told(Command.READ, 0x0a, 2, 0xc3, 0x28)).toEqual(['The body is malformed: "conversation_id" is not UTF-8.', 'conversation_id'])
  expect(told(Command.READ, 0x0b)).toEqual(['The body is malformed: it has wire type 3 at field 1.', ''])
  expect(told(Command.READ, 0x02)).toEqual(['The body is malformed: it has a field of number 0.', ''])
  expect(told(Command.READ, 0x7d, 1)).toEqual(['The body is malformed: it ends inside a field.', ''])
  expect(told(Command.READ, ...nines, 1)).toEqual(['The body is malformed: it has a number above 2^53 - 1.', ''])
  expect(told(Command.SYNC, 0x0a, 7, 0x28, 0x80, 0x80, 0x80, 0x80, 0x10, 0)).toEqual([
    'The body is malformed: "limit" has a number above 2^32 - 1.',
    'limit',
  ])
})

test('what a client is asked to send with a value that cannot be is refused by its field', () => {
  const page = { conversationId: 'dm/a/b', withUser: '', direction: 0, fromSeq: 1.5, limit: 0, epoch: 0, digest: 0 } as const
  expect(() => encodeRequest(Command.SYNC, 1, { page })).toThrow(
    expect.objectContaining({
      code: 'field_invalid',
      field: 'from_seq',
      message: '"from_seq" is 1.5; it is a whole number from 0 to 2^53 - 1.',
    }),
  )
})
