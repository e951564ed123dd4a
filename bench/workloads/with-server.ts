import type { Plan } from '../load/load.ts'
import type { Peer, RunningServer, StartContext } from '../peers/peer.ts'

/** What a load must be told of a server. */
export function planFor({ wire }: Peer, { address, settings, pids }: RunningServer): Plan {
  return { wire, target: { address, settings }, pids }
}

/** Starts the server for `work`, and ends it afterwards. */
export async function withServer<T>(
  peer: Peer,
  context: StartContext,
  work: (plan: Plan, server: RunningServer) => Promise<T>,
): Promise<T> {
  const server = await peer.start(context)
  try {
    return await work(planFor(peer, server), server)
  } finally {
    await server.stop()
  }
}
