import { ELSEWHERE } from './elsewhere.ts'
import { FLEETING } from './fleeting.ts'
import { GROUPS } from './groups.ts'
import { MESSAGES } from './messages.ts'
import type { Operation } from './operation.ts'
import { PEOPLE } from './people.ts'
import { READING } from './reading.ts'
import { SENDING } from './sending.ts'

const FILES = { sending: SENDING, groups: GROUPS, messages: MESSAGES, people: PEOPLE, reading: READING, fleeting: FLEETING }

export const OPERATIONS: readonly Operation[] = Object.values(FILES).flat()

/** The table of docs/PROTOCOL.md, "Operations". */
export function operationsTable(): string {
  const rows = Object.entries(FILES).flatMap(([file, operations]) =>
    operations.map(({ name, who, logs, refused }) =>
      row(
        name,
        who,
        logs,
        refused.map(({ code, field }) => `\`${code}\`${field ? ` (${field})` : ''}`),
        [`test/operations/${file}.ts`],
      ),
    ),
  )
  const others = ELSEWHERE.map(({ name, who, logs, errors, tests }) =>
    row(
      name,
      who,
      logs,
      errors.map((error) => `\`${error}\``),
      tests,
    ),
  )
  return `| operation | who may | in the log | refused with | tested in |\n|---|---|---|---|---|\n${[...rows, ...others].join('\n')}`
}

function row(name: string, who: string, logs: string, errors: readonly string[], tests: readonly string[]): string {
  const links = tests.map((test) => `[${test.slice(test.lastIndexOf('/') + 1)}](../${test})`)
  return `| ${name} | ${who} | ${logs} | ${[...new Set(errors)].join(', ')} | ${links.join(', ')} |`
}
