/** What the trace costs a message that goes to one session: three events. Median of five, microseconds a message. */

import { Trace } from '../tcp-core/delivery/trace.ts'
import { systemClock } from '../tcp-core/time/clock.ts'

const ROUNDS = 5
const MESSAGES = 1_000_000

const session = { session: 's', user: 'bob', device: 'd', transport: 'tcp', ended: undefined } as const
const ids = Array.from({ length: 1000 }, (_, i) => `dm/user-${i}/user-${i + 1}`)

function microseconds(): number {
  const trace = new Trace(systemClock)
  const start = process.hrtime.bigint()
  for (let i = 0; i < MESSAGES; i++) {
    const id = ids[i % ids.length] as string
    trace.stored(id, i)
    trace.admitted(session, id, i, 'push')
    trace.acknowledged(session, id, i)
  }
  return Number(process.hrtime.bigint() - start) / MESSAGES / 1000
}

const runs = Array.from({ length: ROUNDS }, microseconds).toSorted((a, b) => a - b)
console.log(`trace: ${(runs[ROUNDS >> 1] as number).toFixed(2)} us a message`)
