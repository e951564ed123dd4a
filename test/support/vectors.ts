import { readFileSync } from 'node:fs'

export interface ValidVector {
  readonly name: string
  readonly hex: string
  readonly frames: readonly { readonly command: string; readonly requestId: number; readonly body: Record<string, unknown> }[]
}

export interface MalformedVector {
  readonly name: string
  readonly hex: string
  readonly code: string
  readonly field?: string
  readonly after?: 'login'
}

const load = (name: string) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))

export const validVectors = load('valid') as ValidVector[]
export const malformedVectors = load('malformed') as MalformedVector[]

export const bytesOf = (vector: { hex: string }): Uint8Array => new Uint8Array(Buffer.from(vector.hex, 'hex'))
