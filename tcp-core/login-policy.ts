import { Intent } from '../shared/gen/hawser.ts'
import type { Device } from './device.ts'

export const LOGIN_POLICIES = ['one-per-class', 'single', 'multiple'] as const
export type LoginPolicy = (typeof LOGIN_POLICIES)[number]

interface Holder {
  readonly device: Device
  readonly generation: number
}

/** What a login does to the user's other sessions. */
export type LoginDecision<H extends Holder> =
  /** L5: it was displaced by this session, and nobody asked for it to come back. */
  | { readonly admitted: false; readonly by: H }
  | { readonly admitted: true; readonly displaced: readonly H[]; readonly replaced: readonly H[] }

/** Decides by L4 and L5 of docs/PROTOCOL.md; changes nothing. `generation` is that of the newcomer's former session, 0 for none. */
export function decideLogin<H extends Holder>(
  policy: LoginPolicy,
  sessions: Iterable<H>,
  newcomer: { readonly device: Device; readonly intent: Intent; readonly generation: number },
): LoginDecision<H> {
  const displaced: H[] = []
  const replaced: H[] = []
  for (const session of sessions) {
    if (session.device.id === newcomer.device.id) {
      if (session.device.instanceId === newcomer.device.instanceId) replaced.push(session)
      continue
    }
    const rival = policy === 'single' || (policy === 'one-per-class' && session.device.class === newcomer.device.class)
    if (!rival) continue
    if (newcomer.intent === Intent.AUTOMATIC && newcomer.generation > 0 && session.generation > newcomer.generation) {
      return { admitted: false, by: session }
    }
    displaced.push(session)
  }
  return { admitted: true, displaced, replaced }
}
