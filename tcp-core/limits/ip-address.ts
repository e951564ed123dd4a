import { BlockList, isIP, isIPv4 } from 'node:net'

/** The peer's address in its plain form: an IPv4 one that came mapped into IPv6 is IPv4; a zone is dropped. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}

/** The network that an address is counted with: its /24 in IPv4, its /64 in IPv6. */
export function networkOf(address: string): string {
  if (isIPv4(address)) return address.slice(0, address.lastIndexOf('.'))
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? left : [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/** Addresses and CIDR networks, IPv4 and IPv6. Throws on an entry that is neither, naming it. */
export function parseNetworks(entries: Iterable<string>): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.split('/')
    const plain = plainAddress(address)
    const version = isIP(plain)
    const bits = version === 4 ? 32 : 128
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
    if (version === 0 || rest.length > 0 || length < 0 || length > bits) throw new Error(`"${entry}" is no IP address or network (CIDR)`)
    list.addSubnet(plain, length, version === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

export function contains(list: BlockList, address: string): boolean {
  const version = isIP(address)
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
}
