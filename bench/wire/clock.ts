/**
 * The time of a load process, read once for each chunk that arrives and each tick that sends:
 * to ask the system's clock for every message would cost the load more than some servers spend on it.
 */
export const clock = { now: performance.now() }

export function tick(): void {
  clock.now = performance.now()
}
