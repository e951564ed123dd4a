const MAX_BYTES = 123

/** A WebSocket close frame has room for 123 bytes of reason; longer ones are cut at a character. */
export function closeReason(reason: string): string {
  let text = reason
  while (Buffer.byteLength(text) > MAX_BYTES) text = text.slice(0, Math.min(text.length - 1, MAX_BYTES))
  return text.toWellFormed()
}
