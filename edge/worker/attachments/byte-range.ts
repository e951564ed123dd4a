/** A part of a file, of at least one byte. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/**
 * The part that a Range header names. Undefined for the whole file: a header that is malformed, or
 * names several parts, may be passed over (RFC 9110, 14.2). Null if the file has no such part.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length > 0 ? { offset: size - length, length } : null
  }
  const offset = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < offset) return undefined
  return offset < size ? { offset, length: end - offset } : null
}
