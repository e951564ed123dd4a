import { expect, test } from 'vitest'
import type { Decision } from '../../tcp-core/log/rules/decide.ts'
import type { Facts } from '../../tcp-core/log/rules/facts.ts'
import { type Ask, asked } from './asking.ts'
import { changeOf, KINDS } from './changes.ts'
import { GROUP, handFacts, NOW } from './hand-facts.ts'

class RowMissing extends Error {}

/** Facts that are not there until they were asked for once, as rows of a store that loads them are. */
function workingSet(facts: Facts): { facts: Facts; load(): number } {
  const loaded = new Set<string>()
  let missing: string[] = []
  const proxy = new Proxy(facts, {
    get(target, name: keyof Facts) {
      return (...keys: unknown[]) => {
        const key = JSON.stringify([name, ...keys])
        if (loaded.has(key)) return Reflect.apply(target[name], target, keys)
        missing.push(key)
        throw new RowMissing(key)
      }
    },
  })
  const load = (): number => {
    for (const key of missing) loaded.add(key)
    const count = missing.length
    missing = []
    return count
  }
  return { facts: proxy, load }
}

type Told = Decision | { readonly refused: string }

function decided(facts: Facts, ask: Ask): Told {
  try {
    return asked(facts, ask)
  } catch (error) {
    if (error instanceof RowMissing) throw error
    return { refused: String(error) }
  }
}

/** Asks until nothing is missing. Says how often it had to be loaded. */
function decidedInRounds(facts: Facts, ask: Ask): { told: Told; rounds: number } {
  const rows = workingSet(facts)
  for (let rounds = 0; ; rounds++) {
    try {
      return { told: decided(rows.facts, ask), rounds }
    } catch (error) {
      if (!(error instanceof RowMissing) || rows.load() === 0) throw error
    }
  }
}

const USERS = ['olga', 'adam', 'mia', 'noa', 'fred', 'bob', 'sam', '']
const details = { replyTo: 0, thread: 2, mentions: ['noa', 'sam'], mentionAll: false, attributes: [], expiresAt: NOW + 1 }
const ASKED: Omit<Ask, 'by'>[] = [GROUP, 'group/new', 'own/mia', 'dm/mia/sam', 'dm/mia/zoe'].flatMap((conversationId) => [
  { conversationId },
  { conversationId, details },
  { conversationId, due: true },
  { conversationId, sendAt: NOW + 5 },
  ...KINDS.map((kind) => ({ conversationId, change: changeOf(kind) })),
])
const ALL: Ask[] = ASKED.flatMap((ask) => USERS.map((by) => ({ ...ask, by, bySystem: by === '' })))

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const part of value instanceof Map ? value.values() : Object.values(value)) frozen(part)
  return Object.freeze(value)
}

/** Facts that nobody can change. */
function frozenFacts(): Facts {
  const facts = handFacts()
  return new Proxy(facts, {
    get(target, name: keyof Facts) {
      return (...keys: unknown[]) => frozen(Reflect.apply(target[name], target, keys))
    },
  })
}

test('a rule that is asked twice says the same, and changes nothing of what it reads or is given', () => {
  const facts = frozenFacts()
  for (const ask of ALL) expect(decided(facts, frozen(ask))).toEqual(decided(facts, frozen(ask)))
})

test('a rule whose rows are loaded when it asks for them says what it says with all of them', () => {
  let most = 0
  for (const ask of ALL) {
    const { told, rounds } = decidedInRounds(handFacts(), ask)
    expect(told).toEqual(decided(handFacts(), ask))
    most = Math.max(most, rounds)
  }
  // One row a round is the worst that a store can do: it may load at once what all rules need.
  expect(most).toBe(7)
})
