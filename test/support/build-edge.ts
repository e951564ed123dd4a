import { fileURLToPath } from 'node:url'
import { buildEdge } from '../../edge/node/build.node.ts'

/** The tests run the edge as it is in the sources now, not as it was built some time ago. */
export default async function setup(): Promise<void> {
  await buildEdge(fileURLToPath(new URL('../../dist/edge', import.meta.url)))
}
