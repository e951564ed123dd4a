import { DeviceClass, Intent } from '../../shared/gen/hawser.ts'
import type { Device } from '../sessions/device.ts'

/** On how many devices a user may be at a time (docs/PROTOCOL.md, L4). */
export interface LoginPolicy {
  /** A class that is not here has no count. */
  readonly ofClass: ReadonlyMap<DeviceClass, number>
  readonly all: number
}

const CLASSES = {
  phone: DeviceClass.PHONE,
  tablet: DeviceClass.TABLET,
  desktop: DeviceClass.DESKTOP,
  web: DeviceClass.WEB,
  terminal: DeviceClass.TERMINAL,
  service: DeviceClass.SERVICE,
} as const satisfies Record<string, DeviceClass>

const NAMED: Readonly<Record<string, string>> = {
  single: 'all:1',
  multiple: '',
  'one-per-class': Object.keys(CLASSES)
    .map((name) => `${name}:1`)
    .join(),
}

/** `phone:1,web:5`, with `all` for devices of whatever class, or `one-per-class`, `single` or `multiple`. Throws on what is none. */
export function parseLoginPolicy(text: string): LoginPolicy {
  const ofClass = new Map<DeviceClass, number>()
  let all = Number.POSITIVE_INFINITY
  const entries = (NAMED[text.trim()] ?? text).split(',').map((entry) => entry.trim())
  for (const entry of entries) {
    if (entry === '' && text.trim() === 'multiple') continue
    const [, name = '', digits = ''] = /^(\w+):(\d{1,4})$/.exec(entry) ?? []
    const count = Number(digits)
    const known = name === 'all' || Object.hasOwn(CLASSES, name)
    if (!known || count < 1) {
      throw new Error(`"${entry}" is no class with a count from 1 (${Object.keys(CLASSES).join(', ')} or all, as in web:5)`)
    }
    const isTwice = name === 'all' ? all !== Number.POSITIVE_INFINITY : ofClass.has(CLASSES[name as keyof typeof CLASSES])
    if (isTwice) throw new Error(`"${name}" is given twice`)
    if (name === 'all') all = count
    else ofClass.set(CLASSES[name as keyof typeof CLASSES], count)
  }
  return { ofClass, all }
}

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
  const { device } = newcomer
  const replaced: H[] = []
  const others: H[] = []
  for (const session of sessions) {
    if (session.device.id !== device.id) others.push(session)
    else if (session.device.instanceId === device.instanceId) replaced.push(session)
  }
  const displaced = new Set<H>()
  for (const [count, isRival] of [
    [policy.ofClass.get(device.class) ?? Number.POSITIVE_INFINITY, (other: H) => other.device.class === device.class],
    [policy.all, () => true],
  ] as const) {
    const devices = latestFirst(others.filter((other) => isRival(other) && !displaced.has(other)))
    const places = count - 1
    // Of the devices that have the places now, one came after it: they are not given up to one that comes back by itself.
    const [last] = devices[places] ?? []
    const comesBack = newcomer.intent === Intent.AUTOMATIC && newcomer.generation > 0
    if (comesBack && last && last.generation > newcomer.generation) return { admitted: false, by: devices[0]?.[0] ?? last }
    for (const session of devices.slice(places).flat()) displaced.add(session)
  }
  return { admitted: true, displaced: [...displaced], replaced }
}

/** The sessions of each device, the latest first, and of devices that with the latest session first. */
function latestFirst<H extends Holder>(sessions: readonly H[]): H[][] {
  const devices = new Map<string, H[]>()
  for (const session of sessions.toSorted((a, b) => b.generation - a.generation)) {
    const known = devices.get(session.device.id)
    if (known) known.push(session)
    else devices.set(session.device.id, [session])
  }
  return [...devices.values()]
}
