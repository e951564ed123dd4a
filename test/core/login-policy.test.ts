import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import { decideLogin, type LoginPolicy, parseLoginPolicy } from '../../tcp-core/login/login-policy.ts'

const CLASSES = { phone: DeviceClass.PHONE, desktop: DeviceClass.DESKTOP, web: DeviceClass.WEB, terminal: DeviceClass.TERMINAL } as const
interface Session {
  readonly device: { id: string; class: DeviceClass; instanceId: string; client: string }
  readonly generation: number
}
const session = (name: string, generation: number, instanceId = ''): Session => {
  const [kind = ''] = name.split('-')
  return { device: { id: name, class: CLASSES[kind as keyof typeof CLASSES], instanceId, client: '' }, generation }
}

/** The devices of one user, logging in one after the other. */
class Person {
  readonly sessions = new Set<Session>()
  readonly #policy: LoginPolicy
  #generation = 0

  constructor(policy: string) {
    this.#policy = parseLoginPolicy(policy)
  }

  login(name: string, how: { instanceId?: string; former?: number } = {}) {
    const { device } = session(name, 0, how.instanceId)
    const intent = how.former === undefined ? Intent.PERSON : Intent.AUTOMATIC
    const decision = decideLogin(this.#policy, this.sessions, { device, intent, generation: how.former ?? 0 })
    if (!decision.admitted) return { refusedBy: decision.by.device.id }
    for (const gone of [...decision.displaced, ...decision.replaced]) this.sessions.delete(gone)
    const begun = { device, generation: ++this.#generation }
    this.sessions.add(begun)
    return { displaced: decision.displaced.map((gone) => gone.device.id), generation: begun.generation }
  }

  get devices(): string[] {
    return [...new Set([...this.sessions].map(({ device }) => device.id))]
  }
}

test.each([
  // policy, who logs in, who is there then
  ['one-per-class', 'phone-a phone-b web-a web-b', 'phone-b web-b'],
  ['one-per-class', 'terminal-a terminal-b desktop-a', 'terminal-b desktop-a'],
  ['single', 'phone-a web-a desktop-a', 'desktop-a'],
  ['multiple', 'phone-a phone-b web-a web-b', 'phone-a phone-b web-a web-b'],
  ['phone:1,tablet:1,desktop:3,web:5', 'web-a web-b desktop-a desktop-b phone-a', 'web-a web-b desktop-a desktop-b phone-a'],
  ['phone:1,web:2', 'web-a web-b web-c phone-a phone-b', 'web-b web-c phone-b'],
  // The one that logged in again is not the oldest any more.
  ['web:2', 'web-a web-b web-a web-c', 'web-a web-c'],
  // A class that is not named has no count.
  ['web:1', 'terminal-a terminal-b terminal-c web-a', 'terminal-a terminal-b terminal-c web-a'],
  ['all:2,web:1', 'phone-a web-a web-b', 'phone-a web-b'],
  ['all:2,web:1', 'phone-a web-a desktop-a', 'web-a desktop-a'],
])('L4: %s: after %s there are %s', (policy, logins, there) => {
  const person = new Person(policy)
  for (const name of logins.split(' ')) person.login(name)
  expect(person.devices.sort()).toEqual(there.split(' ').sort())
})

test('L4: instances of one device live side by side, and go together; the same one replaces itself', () => {
  const person = new Person('web:2')
  for (const instanceId of ['1', '2', '3', '2']) person.login('web-a', { instanceId })
  expect(person.sessions.size).toBe(3)
  person.login('web-b')
  expect(person.login('web-c').displaced).toEqual(['web-a', 'web-a', 'web-a'])
})

test('L5: a displaced client does not come back by itself, also where it was the oldest of five', () => {
  const person = new Person('web:5')
  const first = person.login('web-a').generation ?? 0
  for (const name of ['web-b', 'web-c', 'web-d', 'web-e', 'web-f']) person.login(name)
  expect(person.login('web-a', { former: first })).toEqual({ refusedBy: 'web-f' })
  // Its person says so: then the oldest goes.
  expect(person.login('web-a').displaced).toEqual(['web-b'])
})

test('L5: one that was only cut off comes back to its place', () => {
  const person = new Person('web:2')
  person.login('web-a')
  const { generation = 0 } = person.login('web-b')
  for (const gone of person.sessions) if (gone.device.id === 'web-b') person.sessions.delete(gone)
  expect(person.login('web-b', { former: generation })).toMatchObject({ displaced: [] })
})

describe('whatever the policy and the logins', () => {
  const policy = fc.constantFrom('one-per-class', 'single', 'multiple', 'phone:1,desktop:3,web:5', 'web:2', 'all:3', 'all:3,web:2,phone:1')
  const names = Object.keys(CLASSES).flatMap((kind) => ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${kind}-${letter}`))
  const logins = fc.array(
    fc.record({ name: fc.constantFrom(...names), instanceId: fc.constantFrom('1', '2'), comesBack: fc.boolean(), cut: fc.boolean() }),
    { maxLength: 60 },
  )

  test('there are never more devices than the counts say, who is let in is in, and nobody displaces in turns', () => {
    fc.assert(
      fc.property(policy, logins, (text, steps) => {
        const person = new Person(text)
        const rules = parseLoginPolicy(text)
        const former = new Map<string, number>()
        for (const { name, instanceId, comesBack, cut } of steps) {
          const key = `${name}/${instanceId}`
          if (cut) for (const gone of person.sessions) if (gone.device.id === name) person.sessions.delete(gone)
          const before = [...person.sessions]
          const known = former.get(key)
          const done = person.login(name, comesBack && known !== undefined ? { instanceId, former: known } : { instanceId })
          if (done.generation === undefined) {
            expect(before.some(({ generation }) => generation > (known ?? 0))).toBe(true)
            expect([...person.sessions]).toEqual(before)
            continue
          }
          // By itself it displaces only who came before it.
          if (comesBack && known !== undefined) {
            const displaced = before.filter((other) => !person.sessions.has(other) && other.device.id !== name)
            for (const other of displaced) expect(other.generation).toBeLessThanOrEqual(known)
          }
          former.set(key, done.generation)
          expect([...person.sessions].some(({ device }) => device.id === name && device.instanceId === instanceId)).toBe(true)
          expect(person.devices.length).toBeLessThanOrEqual(rules.all)
          for (const [kind, count] of rules.ofClass) {
            const devices = new Set([...person.sessions].filter(({ device }) => device.class === kind).map(({ device }) => device.id))
            expect(devices.size).toBeLessThanOrEqual(count)
          }
        }
      }),
    )
  })
})

test.each(['', 'web', 'web:0', 'web:-1', 'fridge:1', 'web:1;phone:1', 'web:1,,phone:1', 'one-per-device', 'constructor:1'])(
  '%j is no policy',
  (text) => {
    expect(() => parseLoginPolicy(text)).toThrow('is no class with a count from 1')
  },
)
