import { Worker } from 'node:worker_threads'

/** Work on the whole log, done beside the storage thread so that nothing waits for it. */
export type MaintenanceJob =
  | { readonly op: 'backup'; readonly path: string; readonly to: string }
  | { readonly op: 'verify'; readonly path: string }

export type MaintenanceReply = { readonly result: unknown } | { readonly error: string; readonly code: string | undefined }

/** Runs the job in a thread of its own. Rejects with the system's or the database's error. */
export async function runMaintenance<T>(job: MaintenanceJob): Promise<T> {
  const file = import.meta.url.endsWith('.ts') ? './maintenance-thread.ts' : './maintenance-thread.js'
  const { promise, resolve, reject } = Promise.withResolvers<MaintenanceReply>()
  const worker = new Worker(new URL(file, import.meta.url), { workerData: job })
  worker.once('message', resolve)
  worker.once('error', reject)
  try {
    const reply = await promise
    if ('error' in reply) throw Object.assign(new Error(reply.error), { code: reply.code })
    return reply.result as T
  } finally {
    await worker.terminate()
  }
}
