import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { Kernel } from './kernel.ts'

/**
 * Gives this process's time and chance into the hands of a kernel: what the product takes from
 * the runtime itself (ids, jitter, the clocks, the time a closing socket lingers) is then
 * drawn from the seed like all else. For a process that does nothing but simulate.
 */
let kernel: Kernel | undefined

function current(): Kernel {
  if (!kernel) throw new Error('no world is being simulated')
  return kernel
}

export function handOver(to: Kernel): void {
  if (!kernel) takeOver()
  kernel = to
}

function takeOver(): void {
  Date.now = () => current().now()
  performance.now = () => current().now()
  Math.random = () => current().random.next()
  crypto.randomUUID = () => {
    const { random } = current()
    const part = () => random.uint32().toString(16).padStart(8, '0')
    return `${part()}-${part().slice(4)}-4${part().slice(5)}-8${part().slice(5)}-${part()}${part().slice(4)}`
  }
  syncBuiltinESMExports()
  globalThis.crypto.getRandomValues = (array) => {
    if (array) current().random.fill(new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength))
    return array
  }
  Object.assign(globalThis, { setTimeout: simulatedTimeout, clearTimeout: (timer: { cancel(): void } | undefined) => timer?.cancel() })
}

function simulatedTimeout(work: () => void, milliseconds: number) {
  const timer = { cancel: current().after(milliseconds, work), unref: () => timer }
  return timer
}
