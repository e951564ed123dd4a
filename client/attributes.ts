import type { Attribute } from '../shared/gen/hawser.ts'

/** Whatever the application keeps with a message or a group. */
export type Attributes = Readonly<Record<string, string>>

export function attributesOf(attributes: readonly Attribute[]): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]))
}

export function attributeList(attributes: Attributes = {}): Attribute[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value }))
}
