import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DeviceClass } from '../../shared/gen/hawser.ts'
import { MAX_TICKET_LENGTH } from '../../shared/uplink.ts'
import { EndedTickets } from '../../tcp-core/sessions/ended-tickets.ts'
import { MAX_TICKET_CHARACTERS, TicketBox, type TicketClaims, type TicketRules } from '../../tcp-core/sessions/ticket.ts'
import { ManualClock } from '../support/manual-clock.ts'

const DAY_MS = 86_400_000
const LIFE_MS = 7 * DAY_MS
const NOW = 1_800_000_000_000
const key = Buffer.alloc(32, 1)
const box = (rules: Partial<TicketRules> = {}) =>
  new TicketBox({ key, lifeMs: LIFE_MS, ended: new EndedTickets(LIFE_MS), acceptsTokenKey: () => true, ...rules })
const device = { id: 'phone', class: DeviceClass.PHONE, instanceId: 'tab', client: 'test/1' }
const claims = (rest: Partial<TicketClaims> = {}): TicketClaims => ({
  sessionId: randomUUID(),
  userId: 'alice',
  device,
  generation: NOW,
  expiresAt: NOW + 3_600_000,
  keyName: '0123456789abcdef',
  since: NOW,
  ...rest,
})
const codeOf = (open: () => unknown) => {
  try {
    open()
    return 'open'
  } catch (error) {
    return (error as { code?: string }).code
  }
}

const text = (max: number, min = 0) =>
  fc.string({ unit: fc.constantFrom('"', 'a', '\\\\', 'é', '漢', '😀'), minLength: min }).filter((value) => Buffer.byteLength(value) <= max)

test('what is sealed is opened as it was', () => {
  const any = fc.record({
    sessionId: fc.uuid(),
    userId: text(128, 1),
    device: fc.record({ id: text(64, 1), class: fc.constantFrom(...Object.values(DeviceClass)), instanceId: text(64), client: text(64) }),
    generation: fc.maxSafeNat(),
    expiresAt: fc.integer({ min: NOW + 1, max: NOW + LIFE_MS }),
    keyName: fc.constantFrom('0123456789abcdef', 'ffffffffffffffff'),
    since: fc.constant(NOW),
  })
  fc.assert(fc.property(any, (sealed) => void expect(box().open(box().seal(sealed, NOW), NOW)).toEqual(sealed)))
})

test('the longest ticket, of a device named by quotes, leaves the attachment of its socket below 1 KiB', () => {
  const longest = { id: '"'.repeat(64), class: DeviceClass.PHONE, instanceId: '\\'.repeat(64), client: '"'.repeat(64) }
  const ticket = box().seal(claims({ userId: `${'漢'.repeat(42)}xy`, device: longest, expiresAt: Number.MAX_SAFE_INTEGER }), NOW)
  expect(ticket).toHaveLength(MAX_TICKET_CHARACTERS)
  expect(MAX_TICKET_CHARACTERS).toBeLessThanOrEqual(MAX_TICKET_LENGTH)
  // As edge/shard/socket-attachment.ts has it.
  const attachment = {
    kind: 'browser',
    channel: 0xffffffff,
    openedAt: NOW,
    remoteAddress: 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255',
    userAgent: 'x'.repeat(96),
    ticket: 'x'.repeat(MAX_TICKET_LENGTH),
    expiresAt: Number.MAX_SAFE_INTEGER,
  }
  expect(serialize(attachment).length).toBeLessThan(1024)
})

test('a ticket with any byte changed, cut or lengthened is none', () => {
  const bytes = Buffer.from(box().seal(claims(), NOW), 'base64url')
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] as number) ^ 1
    // Another key's id is that of a key which is not in use.
    const isKeyId = at >= 1 && at <= 4
    expect(codeOf(() => box().open(changed.toString('base64url'), NOW))).toBe(isKeyId ? 'token_expired' : 'token_invalid')
    expect(codeOf(() => box().open(bytes.subarray(0, at).toString('base64url'), NOW))).toBe('token_invalid')
  }
  for (const odd of ['', '.', 'x'.repeat(10_000), `${bytes.toString('base64url')}AAAA`]) {
    expect(codeOf(() => box().open(odd, NOW))).toBe('token_invalid')
  }
})

test('it ends with its token, or when its days are over, whatever was written into it', () => {
  const short = box().seal(claims(), NOW)
  expect(codeOf(() => box().open(short, NOW + 3_599_999))).toBe('open')
  expect(codeOf(() => box().open(short, NOW + 3_600_000))).toBe('token_expired')
  // By who has stolen the key.
  const forged = box().seal(claims({ expiresAt: Number.MAX_SAFE_INTEGER }), NOW)
  const opened = box().open(forged, NOW)
  expect(opened.expiresAt).toBe(NOW + LIFE_MS)
  // Resumed again and again it does not live longer.
  const again = box().seal(box().open(forged, NOW + 6 * DAY_MS), NOW + 6 * DAY_MS)
  expect(codeOf(() => box().open(again, NOW + LIFE_MS))).toBe('token_expired')
  expect(codeOf(() => box().open(box().seal(claims({ since: NOW + 2 * DAY_MS, expiresAt: NOW + 3 * DAY_MS }), NOW), NOW))).toBe(
    'token_expired',
  )
})

test('keys: the one before is taken while it is there, and a new one is sealed with', () => {
  const old = box().seal(claims(), NOW)
  const rotated = box({ key: Buffer.alloc(32, 2), previousKey: key })
  const resealed = rotated.seal(rotated.open(old, NOW), NOW)
  const after = box({ key: Buffer.alloc(32, 2) })
  expect(codeOf(() => after.open(resealed, NOW))).toBe('open')
  expect(codeOf(() => after.open(old, NOW))).toBe('token_expired')
})

test('it ends when the key that signed the token is not taken any more', () => {
  const ticket = box().seal(claims(), NOW)
  expect(codeOf(() => box({ acceptsTokenKey: (name) => name !== '0123456789abcdef' }).open(ticket, NOW))).toBe('token_expired')
})

describe('what has ended', () => {
  const logger = pino({ level: 'silent' })
  let folder: string
  let clock: ManualClock
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hawser-ended-'))
    clock = new ManualClock()
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const open = (maxUsers?: number) => new EndedTickets(LIFE_MS, { path: join(folder, 'ended.jsonl'), clock, logger }, maxUsers)

  test('are all tickets of the user from before, none after, and none of others; also in one millisecond', () => {
    const ended = new EndedTickets(LIFE_MS)
    const before = ended.stamp(NOW)
    ended.end('alice', NOW)
    const after = ended.stamp(NOW)
    expect([ended.has('alice', before), ended.has('alice', after), ended.has('bob', before)]).toEqual([true, false, false])
  })

  test('is known after a kill, also where the last line is torn, and forgotten when no ticket could hold', () => {
    open().end('alice', clock.now())
    appendFileSync(join(folder, 'ended.jsonl'), '["bob",18')
    const again = open()
    expect([again.has('alice', clock.now()), again.has('bob', clock.now())]).toEqual([true, false])
    expect(again.has('alice', again.stamp(clock.now()))).toBe(false)
    clock.turn(LIFE_MS + 2)
    open()
    expect(readFileSync(join(folder, 'ended.jsonl'), 'utf8')).toBe('["",0]\n')
  })

  test('is a number for each user, not for each session: a thousand logouts more leave the file as it was', () => {
    const ended = open()
    for (let i = 0; i < 200_000; i++) ended.end(`user-${i % 3}`, clock.now())
    expect(statSync(join(folder, 'ended.jsonl')).size).toBeLessThan(5 * 1024 * 1024)
    open()
    expect(statSync(join(folder, 'ended.jsonl')).size).toBeLessThan(200)
  })

  test('of more users than are remembered is remembered for everybody, never forgotten', () => {
    const ended = open(2)
    const first = ended.stamp(clock.now())
    for (const user of ['a', 'b', 'c']) ended.end(user, clock.now())
    const later = ended.stamp(clock.now())
    for (const ends of [ended, open(2)]) {
      expect(['a', 'b', 'c', 'd'].map((user) => ends.has(user, first))).toEqual([true, true, true, true])
      expect(['a', 'b', 'c', 'd'].map((user) => ends.has(user, later))).toEqual([false, false, false, false])
    }
  })
})
