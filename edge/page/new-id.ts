/**
 * The time in 12 hex digits, then 80 random bits: ids made together lie together in the server's
 * index (docs/PROTOCOL.md, N4). `crypto.randomUUID` is missing on plain HTTP beyond loopback.
 */
export function newId(): string {
  const random = crypto.getRandomValues(new Uint8Array(10))
  return Date.now().toString(16).padStart(12, '0') + Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
