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

/** Names of conversations (N3, N3a). */
export interface NameVectors {
  readonly direct: readonly { readonly users: readonly [string, string]; readonly conversationId: string }[]
  readonly own: readonly { readonly user: string; readonly conversationId: string }[]
  readonly refused: readonly { readonly conversationId: string; readonly why: string }[]
}

const load = (name: string) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))

export const validVectors = load('valid') as ValidVector[]
export const malformedVectors = load('malformed') as MalformedVector[]
export const nameVectors = load('names') as NameVectors

export const bytesOf = (vector: { hex: string }): Uint8Array => new Uint8Array(Buffer.from(vector.hex, 'hex'))
