/**
 * Edge and core as they are deployed. Arguments: a folder, the file of the key that signs users'
 * tokens, and the core's program, which is set up by the environment.
 */
import { spawn } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startEdge } from '../../../edge/node/serve.node.ts'

const [folder = '', keyFile = '', core = ''] = process.argv.slice(2)
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const uplink = generateKeyPairSync('ed25519')
const uplinkKey = join(folder, 'uplink.pem')
writeFileSync(uplinkKey, uplink.privateKey.export({ type: 'pkcs8', format: 'pem' }))

const edge = await startEdge({
  port: 0,
  stateDir: folder,
  settings: {
    TOKEN_PUBLIC_KEY: pem(createPublicKey(createPrivateKey(readFileSync(keyFile)))),
    UPLINK_PUBLIC_KEY: pem(uplink.publicKey),
    CONNECTS_PER_ADDRESS: '1000000',
  },
})
const ports = ['--tcp-port', '0', '--ws-port', '0', '--admin-port', '0']
const child = spawn(process.execPath, [core, ...ports, '--edge', edge.url.replace('http', 'ws'), '--uplink-key', uplinkKey], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
process.on('SIGTERM', () => {
  child.kill('SIGKILL')
  void edge.stop().then(() => process.exit(0))
})
for await (const _line of createInterface({ input: child.stdout })) break
console.log(JSON.stringify({ tcp: edge.url.replace('http://', '') }))
