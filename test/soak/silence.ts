import { EdgeProcess } from '../edge/edge-process.ts'
import { ScriptedCore } from '../edge/scripted-core.ts'

/**
 * `node test/soak/silence.ts`, some 4 minutes: a browser that says no `ping` is ended after 3, one that does is
 * not; of two cores the silent one is ended after 45 s and its browsers go to the other (docs/PROTOCOL.md, H2 and U11).
 */
const edge = await EdgeProcess.start()
const started = performance.now()
const note = (what: string) => console.log(`${((performance.now() - started) / 1000).toFixed(0)} s: ${what}`)
try {
  const { core: silent } = await ScriptedCore.connect(edge, { id: 'silent', startedAt: 1 })
  const quiet = await edge.browser('quiet')
  await silent.open()
  const well = await edge.browser('well')
  await silent.open()
  const { core: standby } = await ScriptedCore.connect(edge, { id: 'standby', startedAt: 2 })
  const beat = setInterval(() => {
    for (const socket of [well, standby.socket]) if (socket.isOpen) socket.send('ping')
  }, 10_000)
  const { code: coreCode } = await silent.socket.closed
  note(`the silent core was closed with ${coreCode}`)
  const { code } = await quiet.closed
  note(
    `the silent browser was closed with ${code}; the other is ${well.isOpen ? 'open' : 'closed'}, as is the other core: ${standby.socket.isOpen}`,
  )
  clearInterval(beat)
  const passed = coreCode === 4003 && code === 4003 && well.isOpen && standby.socket.isOpen
  if (!passed) process.exitCode = 1
  well.terminate()
  standby.socket.terminate()
} finally {
  await edge.dispose()
}
