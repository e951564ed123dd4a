import { DeviceClass } from '../shared/gen/hawser.ts'

const NUMBERS = {
  phone: DeviceClass.PHONE,
  tablet: DeviceClass.TABLET,
  desktop: DeviceClass.DESKTOP,
  web: DeviceClass.WEB,
  terminal: DeviceClass.TERMINAL,
  service: DeviceClass.SERVICE,
} as const

/**
 * What a person holds. The login policy says on how many devices of a class a user may be at a time: by default 1
 * phone, 1 tablet, 3 desktops and 5 browsers (`web`); other classes have no count (L4).
 */
export type DeviceClassName = keyof typeof NUMBERS

const names = new Map<DeviceClass, DeviceClassName>(Object.entries(NUMBERS).map(([name, number]) => [number, name as DeviceClassName]))

export function deviceClassNumber(name: DeviceClassName): DeviceClass {
  return NUMBERS[name]
}

/** Undefined for a class that a newer server knows and this client does not. */
export function deviceClassName(number: DeviceClass): DeviceClassName | undefined {
  return names.get(number)
}
