/** Puts the picture of the core's rooms into docs/ARCHITECTURE.md, drawn from the imports of their files. */
import { readFileSync, writeFileSync } from 'node:fs'
import { ownImports, sources } from './imports.ts'

/** The core's rooms, the lowest first. A file imports only of its own room and of those before it, types included. */
export const ROOMS = [
  'time',
  'files',
  'transports',
  'metrics',
  'limits',
  'log',
  'sessions',
  'login',
  'delivery',
  'ephemeral',
  'policy',
  'sending',
  'handlers',
  'listeners',
  'uplink',
  'admin',
  'config',
  'core.ts',
  'server.ts',
  'index.ts',
  'verify.ts',
  'main.ts',
]

/** The same of the edge: the page is a client's, and node/ starts what the others are. */
export const EDGE_ROOMS = ['env', 'shard', 'worker', 'node', 'page']

const document = new URL('../../docs/ARCHITECTURE.md', import.meta.url)

/** The room of a file of the core or the edge: a folder, or the file itself at the top of its part. */
export const roomOf = (file: string): string => file.split('/')[1] as string

/** Which rooms each room imports. */
function roomsBelow(): Map<string, Set<string>> {
  const below = new Map(ROOMS.map((room) => [room, new Set<string>()]))
  for (const file of sources('tcp-core')) {
    const room = roomOf(file)
    for (const target of ownImports(file)) {
      if (target.startsWith('tcp-core/') && roomOf(target) !== room) below.get(room)?.add(roomOf(target))
    }
  }
  return below
}

/** An arrow is left out where others lead there, too: what is left says all the same. */
function reduced(below: ReadonlyMap<string, ReadonlySet<string>>): [from: string, to: string][] {
  const reaches = (from: string, to: string): boolean => [...(below.get(from) ?? [])].some((next) => next === to || reaches(next, to))
  return [...below].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => ![...targets].some((other) => other !== to && reaches(other, to)))
      .map((to): [string, string] => [from, to]),
  )
}

function picture(): string {
  const place = (room: string) => ROOMS.indexOf(room)
  const arrows = reduced(roomsBelow()).toSorted(([a, b], [c, d]) => place(c) - place(a) || place(d) - place(b))
  return ['```mermaid', 'graph TD', ...arrows.map(([from, to]) => `  ${from} --> ${to}`), '```'].join('\n')
}

/** The text of docs/ARCHITECTURE.md with its picture drawn anew. */
export function withRooms(text: string): string {
  return text.replace(
    /(<!-- rooms: made by .* -->\n)[\s\S]*?(<!-- \/rooms -->)/,
    (_, begin: string, end: string) => `${begin}${picture()}\n${end}`,
  )
}

if (import.meta.main) writeFileSync(document, withRooms(readFileSync(document, 'utf8')))
