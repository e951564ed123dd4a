import { hawser, hawserWs } from './hawser.ts'
import { jetStream } from './jet-stream.ts'
import { mqtt } from './mqtt.ts'
import { nats } from './nats.ts'
import { relay, wsRelay } from './relay.ts'
import { socketIo } from './socket-io.ts'
import type { Wire } from './wire.ts'
import { xmpp } from './xmpp.ts'

export const WIRES = { hawser, hawserWs, relay, wsRelay, socketIo, mqtt, nats, jetStream, xmpp } satisfies Record<string, Wire>
export type WireName = keyof typeof WIRES
