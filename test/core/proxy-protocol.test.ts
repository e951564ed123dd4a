import { expect, test } from 'vitest'
import { parseProxyHeader } from '../../tcp-core/listeners/proxy-protocol.ts'

const SIGNATURE = '0d0a0d0a000d0a515549540a'
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

test.each([
  ['IPv4', `${SIGNATURE} 21 11 000c c0a80107 0a000001 d431 1ce8`, '192.168.1.7', 28],
  ['IPv4 with what follows', `${SIGNATURE} 21 11 000c c0a80107 0a000001 d431 1ce8 000000`, '192.168.1.7', 28],
  ['IPv4 with a TLV', `${SIGNATURE} 21 11 0010 c0a80107 0a000001 d431 1ce8 04000100`, '192.168.1.7', 32],
  ['IPv6', `${SIGNATURE} 21 21 0024 20010db8000000000000000000000007 ${'00'.repeat(16)} d431 1ce8`, '2001:db8:0:0:0:0:0:7', 52],
  ['IPv4 in IPv6', `${SIGNATURE} 21 21 0024 00000000000000000000ffffc0a80107 ${'00'.repeat(16)} d431 1ce8`, '192.168.1.7', 52],
  ['a health check', `${SIGNATURE} 20 00 0000`, undefined, 16],
  ['a local socket', `${SIGNATURE} 21 31 0004 00000000`, undefined, 20],
])('%s', (_what, bytes, address, length) => {
  expect(parseProxyHeader(hex(bytes))).toEqual({ address, length })
  for (let cut = 0; cut < length; cut++) expect(parseProxyHeader(hex(bytes).subarray(0, cut))).toBeUndefined()
})

test.each([
  ['another protocol', '474554202f'],
  ['version 1', Buffer.from('PROXY TCP4 1.2.3.4').toString('hex')],
  ['version 3', `${SIGNATURE} 31 11 000c`],
  ['an unknown command', `${SIGNATURE} 22 11 0000`],
  ['a length past all need', `${SIGNATURE} 21 11 ffff`],
])('%s is refused', (_what, bytes) => {
  expect(() => parseProxyHeader(hex(bytes))).toThrow('PROXY')
})
