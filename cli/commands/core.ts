import type { Command } from '../command.ts'
import { runPart } from '../part.ts'

export const core: Command = {
  summary: 'run the core',
  help: undefined,
  run: (args) => runPart('core', args),
}
