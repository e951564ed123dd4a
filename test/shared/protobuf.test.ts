import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { generate } from '../../scripts/generate/messages.ts'
import * as hawser from '../../shared/gen/hawser.ts'
import * as uplink from '../../shared/gen/uplink.ts'
import { ProtobufError } from '../../shared/protobuf-error.ts'
import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'

const proto = (name: string) => new URL(`../../shared/proto/${name}.proto`, import.meta.url).pathname

/** Any value that the message of a .proto file may have, as our interfaces shape it. */
function anyMessage(type: protobuf.Type): fc.Arbitrary<Record<string, unknown>> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {}
  for (const field of type.fieldsArray) {
    field.resolve()
    let value: fc.Arbitrary<unknown>
    if (field.resolvedType instanceof protobuf.Type) value = anyMessage(field.resolvedType)
    else if (field.resolvedType instanceof protobuf.Enum) value = fc.constantFrom(...Object.values(field.resolvedType.values))
    else if (field.type === 'string') value = fc.string({ unit: 'binary', maxLength: 200 })
    else if (field.type === 'bytes') value = fc.uint8Array({ maxLength: 200 })
    else if (field.type === 'bool') value = fc.boolean()
    else value = field.type === 'uint32' ? fc.nat(0xffffffff) : fc.maxSafeNat()
    if (field.repeated) value = fc.array(value, { maxLength: 4 })
    else if (field.resolvedType instanceof protobuf.Type) value = fc.option(value, { nil: undefined })
    fields[field.name] = value
  }
  return fc.record(fields)
}

describe.each([
  ['hawser', 'hawser.v1', hawser],
  ['uplink', 'hawser.uplink.v1', uplink],
] as const)('the generated code of %s.proto', (name, space, module) => {
  const root = new protobuf.Root()
  root.loadSync(proto(name))
  const types = (root.lookup(space) as protobuf.Namespace).nestedArray.filter((entry) => entry instanceof protobuf.Type)
  const code = module as unknown as Record<string, never>

  test('is what the generator makes', () => {
    const made = generate(proto(name)).replace(/\s/g, '')
    expect(readFileSync(new URL(`../../shared/gen/${name}.ts`, import.meta.url), 'utf8').replace(/\s/g, '')).toBe(made)
  })

  test.each(types.map((type) => [type.name, type] as const))('%s agrees with protobufjs both ways', (typeName, type) => {
    const write = code[`write${typeName}`] as unknown as (writer: ProtobufWriter, message: unknown) => void
    const read = code[`read${typeName}`] as unknown as (reader: ProtobufReader) => unknown
    const writer = new ProtobufWriter()
    fc.assert(
      fc.property(anyMessage(type), (message) => {
        writer.reset()
        write(writer, message)
        const ours = writer.finishAlone()
        const theirs = new Uint8Array(type.encode(type.fromObject(message)).finish())
        expect(read(new ProtobufReader(theirs))).toEqual(message)
        expect(read(new ProtobufReader(ours))).toEqual(message)
        const back = type.toObject(type.decode(ours), { longs: Number, defaults: true, arrays: true })
        for (const [key, value] of Object.entries(message)) {
          if (value instanceof Uint8Array) expect(new Uint8Array(back[key])).toEqual(value)
          else if (value !== undefined && typeof value !== 'object') expect(back[key]).toEqual(value)
        }
      }),
      { numRuns: 100 },
    )
  })
})

test('a message that outgrows its slab comes out whole', () => {
  const writer = new ProtobufWriter()
  const message = (bytes: number): hawser.Message => ({
    conversationId: 'dm/a/b',
    seq: 2 ** 40 + 5,
    messageId: 'm',
    sender: 'é'.repeat(200),
    clientMessageId: '',
    sentAt: 1,
    contentType: '',
    content: new Uint8Array(bytes).fill(7),
    digest: 3,
  })
  // Sizes that put the end of the slab at every place of a message, nested ones too.
  for (let bytes = 0; bytes < 70_000; bytes += 997) {
    const page = {
      conversationId: 'c',
      messages: [message(bytes), message(3)],
      more: true,
      lastSeq: 9,
      epoch: 1,
      discontinuity: true,
      fromSeq: 2,
    }
    hawser.writeSyncAck(writer, { page, list: undefined })
    expect(hawser.readSyncAck(new ProtobufReader(bytes % 2 ? writer.finish() : writer.finishAlone())).page).toEqual(page)
  }
})

test('a body of garbage reads as a message or throws ProtobufError, nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        hawser.readSyncAck(new ProtobufReader(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError)
      }
    }),
    { numRuns: 5000 },
  )
})
