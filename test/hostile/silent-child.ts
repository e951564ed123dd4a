import { Command } from '../../shared/commands.ts'
import { WirePeer } from '../support/wire-peer.ts'

/** Logs in and sends heartbeats until it is stopped: a phone before its battery is taken out. */
const [address, token] = process.argv.slice(2) as [string, string]
const peer = await WirePeer.tcp(address)
await peer.login(token)
setInterval(() => peer.send(Command.PING, 0, {}), 200)
process.stdout.write('logged in\n')
