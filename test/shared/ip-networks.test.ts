import fc from 'fast-check'
import { expect, test } from 'vitest'
import { forwardedAddress, networkMatcher, plainIp } from '../../shared/ip-networks.ts'
import { contains, parseNetworks } from '../../tcp-core/limits/ip-address.ts'

test.each([
  ['IPv4', fc.ipV4(), 32],
  ['IPv6', fc.ipV6(), 128],
] as const)("of %s it says the same as Node's own", (_kind, anyAddress, bits) => {
  const anyNetwork = fc.tuple(anyAddress, fc.nat(bits)).map(([address, length]) => `${address}/${length}`)
  fc.assert(
    fc.property(fc.array(anyNetwork, { maxLength: 4 }), anyAddress, (networks, address) => {
      expect(networkMatcher(networks)(address)).toBe(contains(parseNetworks(networks), address))
    }),
    { numRuns: 2000 },
  )
})

test.each(['10.0.0.0/33', '10.0.0/8', 'example.com', '::1/129', '1.2.3.4/8/8', '', '1.2.3.256', ':::', '1::2::3', '12345::'])(
  '%j is refused by name',
  (entry) => {
    expect(() => networkMatcher([entry])).toThrow(`"${entry}"`)
  },
)

test.each([
  ['203.0.113.7:1234', '203.0.113.7'],
  ['[2001:db8::7]:443', '2001:db8::7'],
  ['[::1]', '::1'],
  ['"192.0.2.1"', '192.0.2.1'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['fe80::1%eth0', 'fe80::1'],
  ['unknown', undefined],
  ['_hidden', undefined],
])('%j is %j', (text, plain) => expect(plainIp(text)).toBe(plain))

const isTrusted = networkMatcher(['10.0.0.0/8'])
test.each([
  ['a stranger is believed nothing', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
  ['no header', '10.0.0.1', undefined, '10.0.0.1'],
  ['the last is the one', '10.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['trusted ones are passed over', '10.0.0.1', '203.0.113.9, 10.0.0.3, 10.0.0.2', '203.0.113.9'],
  ['all of them trusted', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['nonsense stops it', '10.0.0.1', '203.0.113.9, what, 10.0.0.2', '10.0.0.2'],
  ['an empty one', '10.0.0.1', ',', '10.0.0.1'],
])('X-Forwarded-For: %s', (_what, peer, header, address) => expect(forwardedAddress(peer, header, isTrusted)).toBe(address))
