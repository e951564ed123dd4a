import { parentPort, workerData } from 'node:worker_threads'
import { backupLog } from './backup-log.ts'
import type { MaintenanceJob, MaintenanceReply } from './maintenance.ts'
import { verifyLog } from './verify-log.ts'

if (!parentPort) throw new Error('maintenance-thread.ts runs in a worker thread')
const port = parentPort
const job = workerData as MaintenanceJob

async function run(): Promise<MaintenanceReply> {
  try {
    return { result: job.op === 'backup' ? await backupLog(job.path, job.to) : verifyLog(job.path) }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    return { error: message, code }
  }
}

port.postMessage(await run())
