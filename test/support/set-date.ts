/**
 * Loaded before a core (`node --import`), in each of its threads: its date, and nothing else, is
 * off by as many milliseconds as the file TEST_DATE says at the moment. A system's clock
 * that is set does the same: `performance.now` and timers go on.
 */
import { readFileSync } from 'node:fs'

const file = process.env.TEST_DATE as string
const RealDate = Date
const LOOK_MS = 5
let off = 0
let lookedAt = Number.NEGATIVE_INFINITY

function now(): number {
  if (performance.now() - lookedAt > LOOK_MS) {
    lookedAt = performance.now()
    off = Number(readFileSync(file, 'utf8')) || 0
  }
  return RealDate.now() + off
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
})
