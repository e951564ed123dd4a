import type { Command } from '../command.ts'
import { runPart } from '../part.ts'

export const edge: Command = {
  summary: 'run the edge without Cloudflare, under workerd',
  help: `Usage: hawser edge

Set up by its environment:
  HAWSER_EDGE_HOST          Address to listen on (default 127.0.0.1)
  HAWSER_EDGE_PORT          Port, 0 for a free one (default 8787)
  HAWSER_EDGE_STATE         Folder of the shards' databases (default ./data/edge)
  HAWSER_TOKEN_PUBLIC_KEY   Public key that signs users' tokens, as PEM text
  HAWSER_UPLINK_PUBLIC_KEY  Public half of the core's uplink key, as PEM text
docs/DEPLOY.md has the others.
`,
  run: (args) => runPart('edge', args),
}
