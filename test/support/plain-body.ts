/** Bodies as the vectors write them: bytes in hex, fields of their zero value left out. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([key, inner]) => [key, plain(inner)] as const)
  return Object.fromEntries(entries.filter(([, inner]) => !['', 0, false, undefined].includes(inner as string)))
}
