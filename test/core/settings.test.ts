import { expect, test } from 'vitest'
import { readConfig } from '../../tcp-core/config/config.ts'
import { tokenSigner } from '../support/tokens.ts'

const key = { HAWSER_TOKEN_KEY: tokenSigner().publicPem }

test.each<[string[], RegExp]>([
  [['--tcp-port', '-1'], /^--tcp-port=-1: it is no whole number from 0 to 65535\. /],
  [['--tcp-port', 'abc'], /^--tcp-port=abc: it is no whole number from 0 to 65535\. /],
  [['--tcp-port', ''], /^--tcp-port=: it is no whole number from 0 to 65535\. /],
  [['--drain-return-ms', '-5'], /^--drain-return-ms=-5: it is no whole number from 0 to 3600000\. /],
  [['--ticket-days', '1.5'], /^--ticket-days=1\.5: it is no whole number from 1 to 30\. /],
  [['--max-frame-bytes', '1e99'], /^--max-frame-bytes=1e99: it is no whole number from 262144 to 16777216\. /],
  [['--allowed-origins', 'example.com'], /^--allowed-origins=example\.com: "example\.com" is no origin/],
  [['--allowed-origins', 'https://a.com, https://b.com/path'], /"https:\/\/b\.com\/path" is no origin/],
  [['--login-policy', 'phone:1,phone:2'], /^--login-policy=phone:1,phone:2: "phone" is given twice\. /],
  [['--login-policy', 'all:1,all:1'], /"all" is given twice/],
  [['--tls-cert', '/nope'], /HAWSER_TLS_PORT=<port>: without it there is no TLS$/],
  [['--tcp-prt', '1'], /^Unknown option '--tcp-prt'/],
])('%j is refused by name', (args, message) => {
  expect(() => readConfig(args, key)).toThrow(message)
})

test('the defaults hold, and so do the bounds of what may be set', () => {
  const args = ['--tcp-port', '0', '--login-policy', 'phone:1,all:3', '--allowed-origins', 'https://a.com, http://localhost:8787']
  expect(readConfig(args, { ...key, HAWSER_TLS_PORT: '' })).toMatchObject({
    tcpPort: 0,
    wsPort: 7401,
    tlsPort: '',
    allowedOrigins: ['https://a.com', 'http://localhost:8787'],
  })
})
