/**
 * A load, as a process of its own: it takes a plan, says `ready` when its clients are in, and
 * answers each phase that it is told with what the phase came to.
 */
import { CatchUpLoad, type CatchUpPlan } from './catch-up.ts'
import { GroupLoad, type GroupPlan } from './group.ts'
import { PagesLoad, type PagesPlan } from './pages.ts'
import { PairsLoad, type PairsPlan } from './pairs.ts'
import { SessionsLoad, type SessionsPlan } from './sessions.ts'

export type AnyPlan = PairsPlan | GroupPlan | SessionsPlan | CatchUpPlan | PagesPlan

function loadOf(plan: AnyPlan) {
  switch (plan.load) {
    case 'pairs':
      return new PairsLoad(plan)
    case 'group':
      return new GroupLoad(plan)
    case 'sessions':
      return new SessionsLoad(plan)
    case 'catch-up':
      return new CatchUpLoad(plan)
    case 'pages':
      return new PagesLoad(plan)
  }
}

function say(message: unknown): void {
  process.send?.(message)
}

const load = loadOf(JSON.parse(process.argv[2] ?? '') as AnyPlan)
process.on('message', (phase: unknown) => {
  load.run(phase as never).then(say, (error: unknown) => {
    // A load that fails ends, and its workload with it.
    process.nextTick(() => {
      throw error
    })
  })
})
process.on('disconnect', () => process.exit(0))
await load.open()
say('ready')
