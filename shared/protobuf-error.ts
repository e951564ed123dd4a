/** The bytes are not the Protobuf message they should be, or a value is none that a message can have. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
  /** As the .proto file calls it; empty where it is the whole message that is wrong. */
  readonly field: string

  /** `fault` goes on where the field, or "it", begins a sentence. */
  constructor(field: string, fault: string, options?: ErrorOptions) {
    super(`${field === '' ? 'it' : `"${field}"`} ${fault}`, options)
    this.field = field
  }
}
