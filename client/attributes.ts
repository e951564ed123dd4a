import type { Attribute } from '../shared/gen/hawser.ts'

/** Whatever the application keeps with a message (at most 16) or a group (at most 32). A key has 1 to 64 bytes, a value 1,024 at most. */
export type Attributes = Readonly<Record<string, string>>

export function attributesOf(attributes: readonly Attribute[]): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]))
}

export function attributeList(attributes: Attributes = {}): Attribute[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value }))
}
