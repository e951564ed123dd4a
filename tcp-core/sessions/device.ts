import type { DeviceClass } from '../../shared/gen/hawser.ts'

/** What a session runs on (docs/PROTOCOL.md, L3). */
export interface Device {
  readonly id: string
  readonly class: DeviceClass
  /** One running copy of the client on the device. */
  readonly instanceId: string
  /** Name and version of the client software. */
  readonly client: string
}
