import { setTimeout as sleep } from 'node:timers/promises'
import { clock, tick } from '../wire/clock.ts'
import type { PhaseResult, Tally } from './tally.ts'

/** What a load that sends is told to do once its clients are in. */
export type SendingPhase = { readonly warmUpSeconds: number; readonly seconds: number } & (
  | { readonly mode: 'window'; readonly window: number }
  | { readonly mode: 'pace'; readonly perSecond: number }
)

/** Has messages of its own under way, up to a window, or sends one when told. */
export interface Sender {
  /** 0 ends it. */
  setWindow(window: number): void
  /** A message that was due at this time of the load's clock. */
  send(due: number): void
}

const PACE_TICK_MS = 1
/** How long nothing may arrive until the rest counts as lost. */
const PATIENCE_MS = 5000
const LOOK_MS = 50

/** As many messages under way as fit the windows, or so many a second whatever the server does. */
export async function runSending(phase: SendingPhase, senders: readonly Sender[], tally: Tally): Promise<PhaseResult> {
  const stop = phase.mode === 'window' ? fill(senders, phase.window) : pace(senders, phase.perSecond)
  await sleep(phase.warmUpSeconds * 1000)
  tally.begin()
  await sleep(phase.seconds * 1000)
  const ended = tally.end()
  stop()
  await settled(tally)
  return ended.result()
}

function fill(senders: readonly Sender[], window: number): () => void {
  tick()
  for (const sender of senders) sender.setWindow(window)
  return () => {
    for (const sender of senders) sender.setWindow(0)
  }
}

/** A message's latency counts from when it was due, not from when the load came to send it. */
function pace(senders: readonly Sender[], perSecond: number): () => void {
  const gapMs = 1000 / perSecond
  let due = performance.now()
  let next = 0
  const timer = setInterval(() => {
    tick()
    for (; due <= clock.now; due += gapMs) senders[next++ % senders.length]?.send(due)
  }, PACE_TICK_MS)
  return () => clearInterval(timer)
}

export async function settled(tally: Tally): Promise<void> {
  let before = -1
  while (tally.missing > 0 && tally.delivered > before) {
    before = tally.delivered
    for (let waited = 0; waited < PATIENCE_MS && tally.missing > 0; waited += LOOK_MS) await sleep(LOOK_MS)
  }
}
