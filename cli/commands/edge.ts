import type { Command } from '../command.ts'
import { EDGE_STATUS_FLAGS, edgeStatus } from '../edge-status.ts'
import { flagsHelp } from '../flags.ts'
import { runPart } from '../part.ts'

export const edge: Command = {
  summary: 'run the edge without Cloudflare, under workerd; or show its shards',
  help: `Usage: hawser edge
       hawser edge status

Set up by its environment:
  HAWSER_EDGE_HOST          Address to listen on (default 127.0.0.1)
  HAWSER_EDGE_PORT          Port, 0 for a free one (default 8787)
  HAWSER_EDGE_STATE         Folder of the shards' databases (default ./data/edge)
  HAWSER_EDGE_ATTACHMENTS   Folder of attachments; without it, or a storage, none are taken
  HAWSER_TOKEN_PUBLIC_KEY   Public key that signs users' tokens, as PEM text
  HAWSER_UPLINK_PUBLIC_KEY  Public half of the core's uplink key, as PEM text; \`hawser keys\` prints it
docs/DEPLOY.md has the others.

\`hawser edge status\` asks a running core for its uplinks: which shards are up, whether their
browsers are this core's, and how often each came out of hibernation.

${flagsHelp(EDGE_STATUS_FLAGS)}`,
  run: ([word, ...args]) => (word === 'status' ? edgeStatus(args) : runPart('edge', word === undefined ? [] : [word, ...args])),
}
