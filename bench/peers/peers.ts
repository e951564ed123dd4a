import { ejabberd, ejabberdArchive } from './ejabberd.ts'
import { hawser } from './hawser.ts'
import { mosquitto } from './mosquitto.ts'
import { natsCore, natsJetStream, natsJetStreams } from './nats.ts'
import { aedes, socketIo } from './npm-peers.ts'
import type { Peer } from './peer.ts'
import { bareRelay, wsRelay } from './relays.ts'

/** In the order of the reports. */
export const PEERS: readonly Peer[] = [
  hawser,
  bareRelay,
  wsRelay,
  socketIo,
  aedes,
  mosquitto,
  natsCore,
  natsJetStream,
  natsJetStreams,
  ejabberd,
  ejabberdArchive,
]
