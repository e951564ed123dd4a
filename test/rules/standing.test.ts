import { expect, test } from 'vitest'
import { answered } from './asking.ts'
import { changeOf, KINDS } from './changes.ts'
import { GROUP, handFacts, type Scene } from './hand-facts.ts'

/** The columns, by who it is in hand-facts.ts. */
const STANDINGS = ['olga', 'adam', 'mia', 'noa', 'fred', 'bob', 'sam', '']
const WORDS: Record<string, string> = {
  forbidden: 'no',
  conversation_unknown: 'unknown',
  conversation_exists: 'exists',
  message_unknown: 'gone',
}

const PERSONAL = `
  contact      no      no      no      no      no      no      no      no
  preference   no      no      no      no      no      no      no      no
  block        no      no      no      no      no      no      no      no
  status       no      no      no      no      no      no      no      no
  unschedule   no      no      no      no      no      no      no      no
  reschedule   no      no      no      no      no      no      no      no
  unsent       no      no      no      no      no      no      no      ok
`

/** What each may, in a group: owner, admin, member, muted member, former member, one kept out, stranger, operator. */
const MATRIX: [string, Scene, string][] = [
  [
    'a group as it is made',
    {},
    `
  message      ok      ok      ok      muted   unknown unknown unknown ok
  create       exists  exists  exists  exists  exists  exists  exists  exists
  update       ok      ok      no      no      unknown unknown unknown ok
  add          ok      ok      ok      ok      unknown unknown unknown ok
  join         no      no      no      no      unknown unknown unknown unknown
  leave        no      ok      ok      ok      unknown unknown unknown no
  remove       ok      ok      no      no      unknown unknown unknown ok
  ban          ok      ok      no      no      unknown unknown unknown ok
  role         ok      no      no      no      unknown unknown unknown ok
  transfer     ok      no      no      no      unknown unknown unknown ok
  mute         ok      ok      no      no      unknown unknown unknown ok
  dissolve     ok      no      no      no      unknown unknown unknown ok
  edit         no      no      ok      no      unknown unknown unknown no
  recall       ok      ok      ok      no      unknown unknown unknown ok
  react        ok      ok      ok      ok      unknown unknown unknown ok
  pin          ok      ok      no      no      unknown unknown unknown ok
${PERSONAL}`,
  ],
  [
    'a dissolved group',
    { dissolved: true },
    `
  message      no      no      no      no      unknown unknown unknown no
  create       exists  exists  exists  exists  exists  exists  exists  exists
  update       no      no      no      no      unknown unknown unknown no
  add          no      no      no      no      unknown unknown unknown no
  join         unknown unknown unknown unknown unknown unknown unknown unknown
  leave        ok      ok      ok      ok      unknown unknown unknown ok
  remove       no      no      no      no      unknown unknown unknown no
  ban          no      no      no      no      unknown unknown unknown no
  role         no      no      no      no      unknown unknown unknown no
  transfer     no      no      no      no      unknown unknown unknown no
  mute         no      no      no      no      unknown unknown unknown no
  dissolve     no      no      no      no      unknown unknown unknown no
  edit         no      no      no      no      unknown unknown unknown no
  recall       ok      ok      ok      no      unknown unknown unknown ok
  react        no      no      no      no      unknown unknown unknown no
  pin          no      no      no      no      unknown unknown unknown no
${PERSONAL}`,
  ],
  [
    'an open group in which admins write, all invite and pin, and the owner removes',
    { settings: { open: true, send: 2, invite: 1, pin: 1, remove: 3 } },
    `
  message      ok      ok      no      no      unknown unknown unknown ok
  create       exists  exists  exists  exists  exists  exists  exists  exists
  update       ok      ok      no      no      unknown unknown unknown ok
  add          ok      ok      ok      ok      unknown unknown unknown ok
  join         no      no      no      no      ok      no      ok      ok
  leave        no      ok      ok      ok      unknown unknown unknown no
  remove       ok      no      no      no      unknown unknown unknown ok
  ban          ok      no      no      no      unknown unknown unknown ok
  role         ok      no      no      no      unknown unknown unknown ok
  transfer     ok      no      no      no      unknown unknown unknown ok
  mute         ok      ok      no      no      unknown unknown unknown ok
  dissolve     ok      no      no      no      unknown unknown unknown ok
  edit         no      no      no      no      unknown unknown unknown no
  recall       ok      ok      ok      no      unknown unknown unknown ok
  react        ok      ok      ok      ok      unknown unknown unknown ok
  pin          ok      ok      ok      ok      unknown unknown unknown ok
${PERSONAL}`,
  ],
]

const rows = (table: string): string[][] =>
  table
    .trim()
    .split(/\n\s*/)
    .map((row) => row.split(/\s+/))

const answer = (scene: Scene, ask: Parameters<typeof answered>[1]): string => {
  const code = answered(handFacts(scene), ask)
  return WORDS[code] ?? code
}

const asking = (kind: string) => (kind === 'message' ? {} : { change: changeOf(kind as (typeof KINDS)[number]) })

test.each(MATRIX)('%s: every kind of entry by every standing', (_, scene, table) => {
  const expected = rows(table)
  expect(expected.map(([kind]) => kind)).toEqual(expect.arrayContaining(['message', ...KINDS]))
  const actual = expected.map(([kind = '']) => [
    kind,
    ...STANDINGS.map((by) => answer(scene, { by, conversationId: GROUP, bySystem: by === '', ...asking(kind) })),
  ])
  expect(actual).toEqual(expected)
})

/** The same by mia in her own conversation, in one with another, in one that nobody has begun, and in a group that is not there. */
const PLACES = ['own/mia', 'dm/mia/sam', 'dm/mia/zoe', 'group/new']
const BY_PLACE = `
  message      no      ok      ok      unknown
  create       exists  exists  exists  ok
  update       unknown unknown unknown unknown
  add          unknown unknown unknown unknown
  join         unknown unknown unknown unknown
  leave        unknown unknown unknown unknown
  remove       unknown unknown unknown unknown
  ban          unknown unknown unknown unknown
  role         unknown unknown unknown unknown
  transfer     unknown unknown unknown unknown
  mute         unknown unknown unknown unknown
  dissolve     unknown unknown unknown unknown
  edit         gone    ok      gone    unknown
  recall       gone    ok      gone    unknown
  react        gone    ok      gone    unknown
  pin          gone    ok      gone    unknown
  contact      no      ok      ok      unknown
  preference   ok      no      no      unknown
  block        ok      no      no      unknown
  status       ok      no      no      unknown
  unschedule   ok      no      no      unknown
  reschedule   ok      no      no      unknown
  unsent       no      no      no      unknown
`

test('every kind of entry in every kind of conversation', () => {
  const expected = rows(BY_PLACE)
  expect(expected.map(([kind]) => kind)).toEqual(expect.arrayContaining(['message', ...KINDS]))
  const actual = expected.map(([kind = '']) => [
    kind,
    ...PLACES.map((conversationId) => answer({}, { by: 'mia', conversationId, ...asking(kind) })),
  ])
  expect(actual).toEqual(expected)
})
