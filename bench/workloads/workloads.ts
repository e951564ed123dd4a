import { catchUp } from './catch-up.ts'
import { edge } from './edge.ts'
import { fanOut } from './fan-out.ts'
import { growth } from './growth.ts'
import { oneToOne } from './one-to-one.ts'
import { idle, storm } from './sessions.ts'
import { soak } from './soak.ts'
import type { Workload } from './workload.ts'

/** In the order of the reports. */
export const WORKLOADS: readonly Workload[] = [oneToOne, fanOut, idle, storm, catchUp, edge, growth, soak]
