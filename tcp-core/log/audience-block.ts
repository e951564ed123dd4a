import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { Audience } from './log-store.ts'

const writer = new ProtobufWriter()

/** The members of a group on the way between the threads: one block of bytes, because they may be 100,000. */
export function encodeAudience(audience: readonly Audience[]): Uint8Array {
  writer.reset()
  writer.varint(audience.length)
  for (const { name, fromSeq } of audience) {
    writer.string(name)
    writer.varint(fromSeq)
  }
  return writer.finishAlone()
}

export function decodeAudience(bytes: Uint8Array): Audience[] {
  const reader = new ProtobufReader(bytes)
  return Array.from({ length: reader.varint() }, () => ({ name: reader.string(), fromSeq: reader.varint() }))
}
