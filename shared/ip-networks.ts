/** An address as a number, and how many bits its kind has. */
interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
}

/** The address in plain form: without port and brackets, an IPv4 one that came mapped into IPv6 as IPv4. Undefined if it is none. */
export function plainIp(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replace(/^\[([^\]]*)\](:\d{1,5})?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%[\w.-]*$/, '')
  return parseAddress(bare) ? bare : undefined
}

/** Whether an address is in one of the networks (CIDR) or addresses. Throws on an entry that is neither, naming it. */
export function networkMatcher(entries: readonly string[]): (address: string) => boolean {
  const networks = entries.map((entry) => {
    const [text = '', prefix, ...rest] = entry.split('/')
    const address = parseAddress(plainIp(text) ?? '')
    const length = prefix === undefined ? address?.bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : undefined
    if (!address || length === undefined || length > address.bits || rest.length > 0) {
      throw new Error(`"${entry}" is no IP address or network (CIDR)`)
    }
    const shift = BigInt(address.bits - length)
    return { bits: address.bits, shift, head: address.value >> shift }
  })
  return (text) => {
    const address = parseAddress(text)
    return address !== undefined && networks.some(({ bits, shift, head }) => bits === address.bits && address.value >> shift === head)
  }
}

/**
 * Whose request it is, where proxies that are trusted have each put the address of their peer
 * at the end of X-Forwarded-For: the rightmost that is no trusted proxy. What stands before
 * that, the client may have written itself.
 */
export function forwardedAddress(peer: string, header: string | null | undefined, isTrusted: (address: string) => boolean): string {
  let address = peer
  const hops = (header ?? '').split(',')
  while (isTrusted(address)) {
    const before = plainIp(hops.pop() ?? '')
    if (before === undefined) break
    address = before
  }
  return address
}

function parseAddress(text: string): Address | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const value = ipv4(text)
    return value === undefined ? undefined : { bits: 32, value }
  }
  return ipv6(text)
}

function ipv4(text: string): bigint | undefined {
  const parts = text.split('.').map(Number)
  return parts.every((part) => part <= 255) ? parts.reduce((value, part) => value * 256n + BigInt(part), 0n) : undefined
}

function ipv6(text: string): Address | undefined {
  if (!/^[\da-f:.]{2,45}$/i.test(text)) return undefined
  // Its last 32 bits may be written as IPv4.
  const [, start = text, last] = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(text) ?? []
  const tail = last === undefined ? undefined : ipv4(last)
  if (last !== undefined && tail === undefined) return undefined
  const hex = tail === undefined ? text : `${start}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`
  const [left = '', right, ...rest] = hex.split('::')
  const groupsOf = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'))
  const [before, after] = [groupsOf(left), groupsOf(right)]
  const missing = 8 - before.length - after.length
  if (rest.length > 0 || (right === undefined ? missing !== 0 : missing < 1)) return undefined
  const groups = [...before, ...new Array<string>(missing).fill('0'), ...after]
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined
  return { bits: 128, value: groups.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n) }
}
