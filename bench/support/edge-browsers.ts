/**
 * The browsers of bench/edge.ts, as a process of its own. Arguments: URL, browsers, window, bytes, tokens' key
 * file ('' for none). A message begins with the number of the browser that it is for. Prints {ready} when
 * all are connected; then for each line `1:1 <seconds>` on stdin the deliveries a second of pairs that
 * throw messages to and fro, and for each line `fan-out <seconds>` those of what comes by itself.
 */
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { SignJWT } from 'jose'
import { WebSocket } from 'ws'
import { subprotocolsFor } from '../../shared/subprotocol.ts'

const [url = '', browsers = '', window = '', bytes = '', keyFile = ''] = process.argv.slice(2)
const COUNT = Number(browsers)
const WARM_UP_MS = 1000

let deliveries = 0
let mode: 'idle' | '1:1' | 'fan-out' = 'idle'

function message(to: number): Buffer {
  const whole = Buffer.alloc(Number(bytes), 120)
  whole.writeUInt32BE(to, 0)
  return whole
}

async function protocols(user: string): Promise<string[]> {
  if (keyFile === '') return []
  const jwt = new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).setSubject(user).setIssuer('hawser').setAudience('hawser')
  return subprotocolsFor(await jwt.setExpirationTime('1h').sign(createPrivateKey(readFileSync(keyFile))))
}

async function open(index: number): Promise<WebSocket> {
  const socket = new WebSocket(url, await protocols(`user-${index}`), { perMessageDeflate: false })
  await once(socket, 'open')
  const back = message(index ^ 1)
  const ack = message(COUNT)
  socket.on('message', (data: Buffer) => {
    // The edge may put several into one.
    for (let at = 0; at < data.length; at += back.length) {
      deliveries++
      if (mode === '1:1') socket.send(back)
      // The last browser is served last: its acknowledgement says that all have it.
      else if (index === COUNT - 1) socket.send(ack)
    }
  })
  // The backend learns which number is whose.
  const hello = Buffer.alloc(4)
  hello.writeUInt32BE(index, 0)
  socket.send(hello)
  return socket
}

async function rate(seconds: number): Promise<number> {
  await sleep(WARM_UP_MS)
  const [started, before] = [performance.now(), deliveries]
  await sleep(seconds * 1000)
  return ((deliveries - before) / (performance.now() - started)) * 1000
}

const sockets: WebSocket[] = []
for (let index = 0; index < COUNT; index++) sockets.push(await open(index))
console.log(JSON.stringify({ ready: true }))
for await (const line of createInterface(process.stdin)) {
  const [what, seconds] = line.split(' ')
  mode = what as '1:1' | 'fan-out'
  if (mode === '1:1') {
    for (let index = 0; index < COUNT; index += 2) {
      for (let i = 0; i < Number(window); i++) sockets[index]?.send(message(index + 1))
    }
  }
  const perSecond = await rate(Number(seconds))
  mode = 'idle'
  // What is under way ends here, as nothing is thrown back any more.
  await sleep(500)
  console.log(JSON.stringify({ perSecond }))
}
for (const socket of sockets) socket.terminate()
