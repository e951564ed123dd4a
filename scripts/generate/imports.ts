import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = new URL('../..', import.meta.url).pathname

/** The source files below a folder, as paths from the top of the repository. */
export const sources = (folder: string): string[] => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root })

/** What a file imports, types included, as it is written there. */
export const imports = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string)

/** What a file imports of the repository, as paths from its top. */
export const ownImports = (file: string): string[] =>
  imports(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => relative(root, join(root, dirname(file), target)))
