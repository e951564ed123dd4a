import { expect, test } from 'vitest'
import { AddedBy, ContactStep } from '../../shared/gen/hawser.ts'
import type { LogRules } from '../../tcp-core/log/log-rules.ts'
import { DirectLog } from './direct-log.ts'

const { ADDED_BY_EVERYONE, ADDED_BY_CONTACTS, ADDED_BY_NOBODY, ADDED_BY_DEFAULT } = AddedBy
const DAY = 86_400_000

function contacts(log: DirectLog, one: string, other: string): void {
  log.change(one, other, { contact: { step: ContactStep.REQUEST, note: '' } })
  log.change(other, one, { contact: { step: ContactStep.ACCEPT, note: '' } })
}

const add = (log: DirectLog, by: string, group: string, ...users: string[]) => log.change(by, group, { add: { users } })

test.each<[LogRules['addedBy'], AddedBy, stranger: boolean, contact: boolean]>([
  ['everyone', ADDED_BY_DEFAULT, true, true],
  ['everyone', ADDED_BY_CONTACTS, false, true],
  ['everyone', ADDED_BY_NOBODY, false, false],
  ['contacts', ADDED_BY_DEFAULT, false, true],
  ['contacts', ADDED_BY_EVERYONE, true, true],
  ['nobody', ADDED_BY_DEFAULT, false, false],
  ['nobody', ADDED_BY_CONTACTS, false, true],
])('G10: where the installation says %s and the user %i, a stranger may add him: %s, a contact: %s', (addedBy, own, stranger, contact) => {
  const log = new DirectLog(':memory:', { addedBy })
  log.change('ann', 'own', { status: { addedBy: own } })
  contacts(log, 'cat', 'ann')
  for (const [by, may] of [
    ['bob', stranger],
    ['cat', contact],
  ] as const) {
    const acts = [() => log.create(by, `group/made-by-${by}`, ['ann']), () => add(log, by, `group/of-${by}`, 'ann')]
    log.create(by, `group/of-${by}`, [])
    for (const act of acts) {
      if (may) act()
      else expect(act).toThrow(/"code":"forbidden".*"field":"users"/)
    }
  }
})

test('G10: others put a user into so many groups a day, and into none past so many; he joins more by himself', () => {
  const log = new DirectLog(':memory:', { maxAddedADay: 3, maxGroupsAddedTo: 5 })
  let groups = 0
  const made = () => log.create('bob', `group/g${++groups}`, ['ann'])
  for (let i = 0; i < 3; i++) made()
  expect(made).toThrow(/limit_reached/)
  log.now += DAY
  for (let i = 0; i < 2; i++) made()
  expect(made).toThrow(/limit_reached/)
  log.now += DAY
  expect(made).toThrow(/limit_reached/)
  const open = { ...NO_SETTINGS, open: true }
  log.create('bob', 'group/open', [], open)
  log.change('ann', 'group/open', { join: {} })
  log.change('ann', 'group/open', { leave: {} })
  log.change('ann', 'group/g1', { leave: {} })
  made()
})

test('G10: one user puts so many others into groups in a day', () => {
  const log = new DirectLog(':memory:', { maxAddsADay: 5 })
  log.create('bob', 'group/g', ['u1', 'u2', 'u3'])
  add(log, 'bob', 'group/g', 'u4', 'u5')
  expect(() => add(log, 'bob', 'group/g', 'u6')).toThrow(/limit_reached/)
  add(log, 'u1', 'group/g', 'u6')
  log.now += DAY
  add(log, 'bob', 'group/g', 'u7')
})

const NO_SETTINGS = {
  send: 0,
  invite: 0,
  update: 0,
  remove: 0,
  mute: 0,
  pin: 0,
  mentionAll: 0,
  recallOthers: 0,
  open: false,
  hideHistory: false,
  editSeconds: 0,
  recallSeconds: 0,
} as const
