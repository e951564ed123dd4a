import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AccessList } from '../../tcp-core/limits/access-list.ts'
import { type Entry, Gate, type GateLimits } from '../../tcp-core/limits/gate.ts'
import { networkOf, parseNetworks, plainAddress } from '../../tcp-core/limits/ip-address.ts'
import { RateWindow } from '../../tcp-core/limits/rate-window.ts'
import { ManualClock } from '../support/manual-clock.ts'

const logger = pino({ level: 'silent' })
let folder: string
let clock: ManualClock
let access: AccessList
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hawser-gate-'))
  clock = new ManualClock()
  access = new AccessList(join(folder, 'access.json'), clock, logger)
})
afterEach(() => rmSync(folder, { recursive: true }))

const ROOMY = {
  connectionsPerAddress: 99,
  connectsPerAddressPerMinute: 99,
  connectsPerNetworkPerMinute: 99,
  unauthenticatedConnections: 99,
}
const gate = (limits: Partial<GateLimits> = {}, exempt: string[] = []) =>
  new Gate(access, { ...ROOMY, ...limits }, parseNetworks(exempt), clock)

const codeOf = (entered: ReturnType<Gate['enter']>) => ('code' in entered ? entered.code : 'in')
function inside(entered: ReturnType<Gate['enter']>): Entry {
  if ('code' in entered) throw new Error(entered.reason)
  return entered
}

describe('addresses', () => {
  test.each([
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::FFFF:10.1.2.3', '10.1.2.3'],
    ['fe80::1%eth0', 'fe80::1'],
    [undefined, ''],
  ])('%s is %s', (address, plain) => expect(plainAddress(address)).toBe(plain))

  test.each([
    ['10.1.2.3', '10.1.2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts with network %s', (address, network) => expect(networkOf(address)).toBe(network))

  test.each(['10.0.0.0/33', '10.0.0/8', 'example.com', '::1/129', '1.2.3.4/8/8', ''])('%j is refused by name', (entry) => {
    expect(() => parseNetworks([entry])).toThrow(`"${entry}"`)
  })
})

describe('the gate', () => {
  test('counts connections of an address, and forgets them when they leave', () => {
    const door = gate({ connectionsPerAddress: 2 })
    const first = inside(door.enter('10.0.0.1'))
    inside(door.enter('10.0.0.1'))
    expect(codeOf(door.enter('10.0.0.1'))).toBe('rate_exceeded')
    expect(codeOf(door.enter('10.0.0.2'))).toBe('in')
    first.leave()
    first.leave()
    expect([codeOf(door.enter('10.0.0.1')), codeOf(door.enter('10.0.0.1'))]).toEqual(['in', 'rate_exceeded'])
  })

  test('limits new connections of an address and of its network in a minute', () => {
    const door = gate({ connectsPerAddressPerMinute: 2, connectsPerNetworkPerMinute: 3 })
    expect(['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.1.1'].map((address) => codeOf(door.enter(address)))).toEqual([
      'in',
      'in',
      'rate_exceeded',
      'rate_exceeded',
      'in',
    ])
    clock.turn(60_000)
    expect(codeOf(door.enter('10.0.0.1'))).toBe('in')
  })

  test('limits connections that have not logged in', () => {
    const door = gate({ unauthenticatedConnections: 2 })
    const first = inside(door.enter('10.0.0.1'))
    const second = inside(door.enter('10.0.0.2'))
    expect(codeOf(door.enter('10.0.0.3'))).toBe('overloaded')
    first.authenticated()
    first.leave()
    expect([codeOf(door.enter('10.0.0.3')), codeOf(door.enter('10.0.0.4'))]).toEqual(['in', 'overloaded'])
    second.leave()
    expect(door.unauthenticated).toBe(1)
  })

  test('exempt networks are not counted, and an edge without addresses neither', () => {
    const door = gate({ connectionsPerAddress: 1 }, ['10.0.0.0/8'])
    expect(['10.9.9.9', '10.9.9.9', '', ''].map((address) => codeOf(door.enter(address)))).toEqual(['in', 'in', 'in', 'in'])
  })

  test('failed logins make the address wait, longer each time, and the wait ends', () => {
    const door = gate()
    const entry = inside(door.enter('10.0.0.1'))
    for (let i = 0; i < 4; i++) entry.loginFailed(clock.elapsed())
    expect(entry.loginDelay(clock.elapsed())).toBe(0)
    const delays = [0, 1, 2].map(() => {
      entry.loginFailed(clock.elapsed())
      return inside(door.enter('10.0.0.1')).loginDelay(clock.elapsed())
    })
    expect(delays).toEqual([1000, 2000, 4000])
    for (let i = 0; i < 20; i++) entry.loginFailed(clock.elapsed())
    expect(entry.loginDelay(clock.elapsed())).toBe(60_000)
    expect(inside(door.enter('10.0.0.2')).loginDelay(clock.elapsed())).toBe(0)
    clock.turn(60_000)
    expect(entry.loginDelay(clock.elapsed())).toBe(0)
  })
})

describe('the access list', () => {
  test.each([
    ['192.168.1.7', '192.168.0.0/16'],
    ['192.168.1.7', '192.168.1.7'],
    ['192.168.1.7', '::ffff:192.168.1.7'],
    ['2001:db8::7', '2001:db8::/32'],
  ])('%s is kept out by deny %s', (address, entry) => {
    access.setRules({ allow: [], deny: [entry] })
    expect(codeOf(gate().enter(address))).toBe('denied')
    expect(codeOf(gate().enter('172.16.0.1'))).toBe('in')
  })

  test('with an allow list nobody else comes in, and deny goes before allow', () => {
    access.setRules({ allow: ['10.0.0.0/8'], deny: ['10.6.6.6'] })
    expect(['10.1.1.1', '10.6.6.6', '11.1.1.1'].map((address) => codeOf(gate().enter(address)))).toEqual(['in', 'denied', 'denied'])
  })

  test('a ban holds until it expires or is lifted, also across a restart', () => {
    access.addBan({ subject: '10.0.0.0/24', until: clock.now() + 1000, reason: 'flood' })
    access.addBan({ subject: 'user:mallory', until: clock.now() + 5000, reason: '' })
    const again = new AccessList(join(folder, 'access.json'), clock, logger)
    expect([again.refusalOf('10.0.0.9'), again.refusalOfUser('mallory')]).toEqual([expect.any(String), expect.any(String)])
    expect(again.refusalOfUser('alice')).toBeUndefined()
    clock.turn(1000)
    expect(again.refusalOf('10.0.0.9')).toBeUndefined()
    expect(again.bans.map(({ subject }) => subject)).toEqual(['user:mallory'])
    expect([again.liftBan('user:mallory'), again.liftBan('user:mallory')]).toEqual([true, false])
    expect(again.refusalOfUser('mallory')).toBeUndefined()
  })
})

test.each([
  ['{', /access\.json: it is no JSON: [^\n]+$/],
  ['{"deny":["here"]}', /access\.json: deny\.0: "here" is no IP address or network \(CIDR\)$/],
  ['{"alow":[]}', /access\.json: [^\n]+$/],
])('an access.json with %s: one line with its name', (text, message) => {
  writeFileSync(join(folder, 'access.json'), text)
  expect(() => new AccessList(join(folder, 'access.json'), clock, logger)).toThrow(message)
})

test('a ban that the disk does not take holds, and is saved when the disk takes it again', () => {
  mkdirSync(join(folder, 'access.json.new'))
  access.addBan({ subject: 'user:mallory', until: clock.now() + 100_000, reason: '' })
  expect([access.isSaved, access.refusalOfUser('mallory')]).toEqual([false, expect.any(String)])
  expect(() => access.reload()).toThrow('not on the disk yet')
  expect(access.refusalOfUser('mallory')).toEqual(expect.any(String))
  clock.turn(5_000)
  expect(access.isSaved).toBe(false)
  rmSync(join(folder, 'access.json.new'), { recursive: true })
  clock.turn(5_000)
  expect(access.isSaved).toBe(true)
  expect(new AccessList(join(folder, 'access.json'), clock, logger).refusalOfUser('mallory')).toEqual(expect.any(String))
})

test('a rate window: errors past the limit, a flood past four times, or past twice in the second after errors', () => {
  const window = new RateWindow({ packetsPerSecond: 2, bytesPerSecond: 100 })
  const verdicts = (count: number, bytes: number, now: number) => Array.from({ length: count }, () => window.count(bytes, now))
  expect(verdicts(9, 1, 0)).toEqual(['within', 'within', 'over', 'over', 'over', 'over', 'over', 'over', 'flood'])
  expect(window.remaining(400)).toBe(600)
  expect(verdicts(1, 90, 1000)).toEqual(['within'])
  expect(verdicts(1, 90, 1500)).toEqual(['over'])
  expect(verdicts(1, 90, 1600)).toEqual(['flood'])
  // A second of silence later it is another burst.
  expect(verdicts(5, 1, 3000)).toEqual(['within', 'within', 'over', 'over', 'over'])
  expect(verdicts(5, 1, 4000)).toEqual(['within', 'within', 'over', 'over', 'flood'])
})
