import type { Env } from '../../env/env.ts'
import { limitSetting } from '../../env/limit-setting.ts'
import { Refusal } from '../../env/refusal.ts'

const FLOOR = 1024 ** 3
/** Of uploads under way, whose bytes may not be on the disk yet. There is one isolate for a folder, so that this is all there are. */
let heldBytes = 0

/** A folder's disk, which the log may be on too, is not filled: so much stays free of it. Throws Refusal. Elsewhere there is no such thing. */
export async function checkFreeSpace(env: Env, bytes: number): Promise<void> {
  if (!env.ATTACHMENT_SPACE) return
  const floor = limitSetting(env, 'ATTACHMENT_FREE_BYTES', FLOOR)
  const response = await env.ATTACHMENT_SPACE.fetch('http://space/')
  const free = Number(await response.text())
  if (!response.ok || Number.isNaN(free)) throw new Refusal(503, 'storage_unavailable', 'How much room the storage has is not known.')
  if (free - heldBytes - bytes < floor)
    throw new Refusal(507, 'storage_full', `The storage keeps ${floor} bytes free, and has ${free} left.`)
}

/** Keeps room for an upload that begins; what it gives ends that. */
export function holdSpace(bytes: number): () => void {
  heldBytes += bytes
  return () => {
    heldBytes -= bytes
  }
}
