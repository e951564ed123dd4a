import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { answerCase, changeCase, queryCase, syncAckCase, syncCase } from '../../shared/gen/hawser.ts'

const root = new protobuf.Root()
root.loadSync(new URL('../../shared/proto/hawser.proto', import.meta.url).pathname)
const space = root.lookup('hawser.v1') as protobuf.Namespace

type Case = { readonly kind: string; readonly body: unknown } | undefined
const CASES: Record<string, (message: Record<string, never>) => Case> = {
  Change: changeCase,
  Sync: syncCase,
  SyncAck: syncAckCase,
  Query: queryCase,
  Answer: answerCase,
}

function fieldsOf(name: string): string[] {
  return space.lookupType(name).oneofs.kind?.fieldsArray.map((field) => field.name) ?? []
}

function given(fields: readonly string[]): Record<string, never> {
  return Object.fromEntries(fields.map((field) => [field, { of: field }])) as unknown as Record<string, never>
}

test('every oneof of the .proto is here', () => {
  const types = space.nestedArray.filter((entry) => entry instanceof protobuf.Type)
  const named = types.filter((type) => type.oneofsArray.some((oneof) => !oneof.isProto3Optional)).map((type) => type.name)
  expect(named.sort()).toEqual(Object.keys(CASES).sort())
})

describe.each(Object.entries(CASES))('the case of a %s', (name, caseOf) => {
  const fields = fieldsOf(name)

  test('is none where no field is given', () => {
    expect(caseOf(given([]))).toBeUndefined()
  })

  test.each(fields)('is %s where that alone is given, and none beside each other one', (field) => {
    expect(caseOf(given([field]))).toEqual({ kind: field, body: { of: field } })
    for (const other of fields.filter((other) => other !== field)) expect(caseOf(given([field, other]))).toBeUndefined()
  })

  test('is none where all are given', () => {
    expect(caseOf(given(fields))).toBeUndefined()
  })
})
