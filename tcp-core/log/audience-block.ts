import { ProtobufReader } from '../../shared/protobuf-reader.ts'
import { ProtobufWriter } from '../../shared/protobuf-writer.ts'
import type { MembersFound } from './operations.ts'

const writer = new ProtobufWriter()

/** The members of a group on the way between the threads: one block of bytes, because they may be 100,000. */
export function encodeAudience({ members, lastUser }: MembersFound): Uint8Array {
  writer.reset()
  writer.varint(lastUser)
  writer.varint(members.length)
  for (const { name, fromSeq, untilSeq } of members) {
    writer.string(name)
    writer.varint(fromSeq)
    writer.varint(untilSeq)
  }
  return writer.finishAlone()
}

export function decodeAudience(bytes: Uint8Array): MembersFound {
  const reader = new ProtobufReader(bytes)
  const lastUser = reader.varint()
  const members = Array.from({ length: reader.varint() }, () => ({
    name: reader.string(),
    fromSeq: reader.varint(),
    untilSeq: reader.varint(),
  }))
  return { members, lastUser }
}
