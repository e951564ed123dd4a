import { DeviceClass, type Intent } from '../../shared/gen/hawser.ts'
import type { Random } from '../simulation/random.ts'
import { clientBytes, cut, joined, manySends, manySyncs } from './bytes.ts'
import type { PeerKind } from './fuzz-peer.ts'

/** What a fuzzed LOGIN says. Its ticket and generation are known only when the step is done. */
export interface FuzzLogin {
  readonly requestId: number
  readonly token: string
  readonly deviceId: string
  readonly instanceId: string
  readonly deviceClass: DeviceClass
  readonly intent: Intent
  readonly generation: 'none' | 'former' | 'future'
  readonly ticket: 'none' | 'own' | 'foreign' | 'forged'
}

/** As `peer` of a step: the one that came last. */
export const LATEST = -1

/** One thing that happens to a core. `peer` counts modulo the peers that are left, so that steps can be left out. */
export type Step =
  | { readonly do: 'open'; readonly kind: PeerKind; readonly from: string }
  | { readonly do: 'restore'; readonly peer: number; readonly forged: boolean }
  | { readonly do: 'login'; readonly peer: number; readonly login: FuzzLogin }
  | { readonly do: 'send'; readonly peer: number; readonly bytes: Uint8Array }
  | { readonly do: 'text' | 'beat' | 'end' | 'kick' | 'read' | 'stop reading'; readonly peer: number }
  | { readonly do: 'turn'; readonly milliseconds: number }
  | { readonly do: 'commit' }
  | { readonly do: 'fault' | 'overload'; readonly on: boolean }

const KINDS = ['tcp', 'tcp', 'ws', 'edge'] as const
const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.1.1']
const TOKENS = ['a', 'a', 'a', 'b', 'b', 'c', 'a!late', 'b!late', 'bad', 'bad!late', 'a!expired', 'a!no-keys', '']
const CLASSES = [DeviceClass.PHONE, DeviceClass.PHONE, DeviceClass.DESKTOP, DeviceClass.DEVICE_CLASS_UNSPECIFIED]
/** Short ones mostly: a long one ends whoever is silent. */
const TURNS = [1, 10, 60, 60, 300, 600, 1100, 1100, 3000, 7000, 20_000, 70_000]

/** The steps of one case. */
export function drawSteps(random: Random): Step[] {
  const steps: Step[] = []
  const ids = { next: 1 }
  for (let peers = 1 + random.below(4); peers > 0; peers--) drawArrival(random, ids, steps)
  for (let count = 20 + random.below(150); count > 0; count--) drawStep(random, ids, steps)
  return steps
}

function drawStep(random: Random, ids: { next: number }, steps: Step[]): void {
  const peer = random.below(12)
  const dice = random.below(100)
  if (dice < 3) steps.push(open(random))
  else if (dice < 8) drawArrival(random, ids, steps)
  else if (dice < 9) steps.push({ do: 'restore', peer, forged: random.chance(0.2) })
  else if (dice < 14)
    steps.push({ do: 'login', peer, login: random.chance(0.5) ? goodLogin(random, ids.next++) : anyLogin(random, ids.next++) })
  else if (dice < 68) {
    const frames = drawFrames(random, ids)
    // Whole frames mostly: a WebSocket message that ends inside one is the end of its sender.
    const chunks = random.chance(0.1) ? cut(random, joined(frames), 12) : [joined(frames)]
    for (const bytes of chunks) steps.push({ do: 'send', peer, bytes })
  } else if (dice < 69) steps.push({ do: 'text', peer })
  else if (dice < 71) steps.push({ do: 'beat', peer })
  else if (dice < 74) steps.push({ do: 'end', peer })
  else if (dice < 75) steps.push({ do: 'kick', peer })
  else if (dice < 79) steps.push({ do: 'stop reading', peer })
  else if (dice < 81) steps.push({ do: 'read', peer })
  else if (dice < 89) steps.push({ do: 'turn', milliseconds: random.pick(TURNS) })
  else if (dice < 97) steps.push({ do: 'commit' })
  else if (dice < 99) steps.push({ do: 'fault', on: random.chance(0.3) })
  else steps.push({ do: 'overload', on: random.chance(0.3) })
}

function drawFrames(random: Random, ids: { next: number }): Uint8Array[] {
  const dice = random.below(100)
  if (dice < 1) return manySends(random, ids)
  if (dice < 3) return manySyncs(random, ids)
  return Array.from({ length: dice < 10 ? 40 : 1 + random.below(3) }, () => clientBytes(random, ids.next++))
}

/** Somebody new, mostly with a login that is right. `LATEST` finds the newest peer, whatever their number. */
function drawArrival(random: Random, ids: { next: number }, steps: Step[]): void {
  steps.push(open(random), { do: 'login', peer: LATEST, login: goodLogin(random, ids.next++) })
}

function open(random: Random): Step {
  return { do: 'open', kind: random.pick(KINDS), from: random.pick(ADDRESSES) }
}

function goodLogin(random: Random, requestId: number): FuzzLogin {
  return {
    requestId,
    token: `${random.pick(['a', 'b', 'c'])}${random.chance(0.2) ? '!late' : ''}`,
    deviceId: `d${random.below(3)}`,
    instanceId: `i${random.below(3)}`,
    deviceClass: random.pick([DeviceClass.PHONE, DeviceClass.DESKTOP]),
    intent: random.chance(0.5) ? 0 : 1,
    generation: random.chance(0.7) ? 'none' : 'former',
    ticket: random.chance(0.8) ? 'none' : 'own',
  }
}

function anyLogin(random: Random, requestId: number): FuzzLogin {
  return {
    ...goodLogin(random, requestId),
    token: random.pick(TOKENS),
    deviceId: random.chance(0.9) ? `d${random.below(3)}` : random.pick(['', '\n', 'x'.repeat(65)]),
    deviceClass: random.pick(CLASSES),
    generation: random.pick(['none', 'former', 'future']),
    ticket: random.pick(['none', 'own', 'foreign', 'forged']),
  }
}
