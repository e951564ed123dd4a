import { setImmediate } from 'node:timers/promises'
import { Command } from '../../shared/commands.ts'
import { encodeFrame } from '../../shared/frame.ts'
import type { Broadcast, DeviceClass } from '../../shared/gen/hawser.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Session } from '../sessions/session.ts'
import type { TransportKind } from '../transports/transport.ts'
import type { Rooms } from './rooms.ts'
import { sendTo } from './send-to.ts'

/** Sessions in one turn of the event loop: a few milliseconds. */
const AT_ONCE = 1000

export interface BroadcastParts {
  readonly registry: Registry
  readonly ephemeral: { readonly rooms: Rooms }
}

/** What is not given leaves nobody out. */
export interface BroadcastFilter {
  readonly users?: readonly string[] | undefined
  readonly room?: string | undefined
  readonly transport?: TransportKind | undefined
  readonly deviceClass?: DeviceClass | undefined
}

/** An operator's word to all sessions, or those that the filter names (T4). Resolves to how many it went. */
export async function broadcast(parts: BroadcastParts, message: Broadcast, filter: BroadcastFilter): Promise<number> {
  const frame = encodeFrame(Command.EVENT, 0, { typing: [], presence: [], broadcast: message })
  const sessions = [...matching(parts, filter)]
  let count = 0
  for (let from = 0; from < sessions.length; from += AT_ONCE) {
    if (from > 0) await setImmediate()
    count += sendTo(
      sessions.slice(from, from + AT_ONCE).filter(({ connection }) => connection.isOpen),
      frame,
    )
  }
  return count
}

function* matching(parts: BroadcastParts, { users, room, transport, deviceClass }: BroadcastFilter): Generator<Session> {
  const names = users && new Set(users)
  for (const session of candidates(parts, names, room)) {
    if (names && !names.has(session.user.id)) continue
    if (transport !== undefined && session.connection.transport.kind !== transport) continue
    if (deviceClass !== undefined && session.device.class !== deviceClass) continue
    yield session
  }
}

/** Found from the side that names fewest. */
function* candidates(
  { registry, ephemeral }: BroadcastParts,
  names: ReadonlySet<string> | undefined,
  room: string | undefined,
): Generator<Session> {
  if (room !== undefined) yield* ephemeral.rooms.sessions(room)
  else if (!names) yield* registry.sessions()
  else for (const name of names) yield* registry.user(name)?.sessions ?? []
}
