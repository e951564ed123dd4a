import type { IncomingMessage } from 'node:http'
import { UPLINK_TIME_HEADER } from '../../shared/uplink.ts'

/** Of what an edge says with a refusal so much is read, and no longer than that is waited for it. */
const MAX_BYTES = 4096
const WAIT_MS = 2000
/** Two clocks that are no further apart than this are well, together with the way of the answer. */
const UNNAMED_MS = 2000

/** How far the core's clock is ahead of the edge's, by an answer to a dial that came just now; undefined where the edge does not say. */
export function clockAhead({ headers }: IncomingMessage, now: number): number | undefined {
  const time = Number(headers[UPLINK_TIME_HEADER] ?? Number.NaN)
  return Number.isFinite(time) ? now - time : undefined
}

/** In words, or undefined if it is little. */
export function clockAheadWords(aheadMs: number | undefined): string | undefined {
  if (aheadMs === undefined || Math.abs(aheadMs) < UNNAMED_MS) return undefined
  return `the core's clock is ${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the edge's`
}

/** Why an edge did not take a dial: the status and its own words. Never rejects. */
export async function refusalWords(response: IncomingMessage): Promise<string> {
  const status = `HTTP ${response.statusCode}`
  const timer = setTimeout(() => response.destroy(), WAIT_MS)
  try {
    let body = ''
    for await (const chunk of response) {
      body += String(chunk)
      if (body.length > MAX_BYTES) break
    }
    const { message } = JSON.parse(body) as { message?: unknown }
    return typeof message === 'string' ? `${status}: ${message}` : status
  } catch {
    return status
  } finally {
    clearTimeout(timer)
  }
}
