import { API, type Checker, type Symbol as Declared, SymbolFlags } from 'typescript/unstable/sync'
import { afterAll, expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const config = `${root}tsconfig.json`
const api = new API({ cwd: root })
afterAll(() => api.close())

/** What an application imports: `hawser`, `hawser/node` and `hawser/codec` (package.json, "exports"). */
const ENTRIES = ['client/index.ts', 'client/node.ts', 'shared/index.ts']

/** scripts/generate/messages.ts makes it of the .proto and copies the comments there: what is missing is missing there. */
const GENERATED = 'shared/gen/'

/** Fields whose names say it all, wherever they stand. */
const PLAIN = ['conversationId', 'userId', 'roomId', 'name']

test.each(ENTRIES)('everything that %s exports has a docstring, with its methods and fields', (entry) => {
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
  const file = project?.program.getSourceFile(`${root}${entry}`)
  const module = file && project?.checker.getSymbolAtLocation(file)
  if (!project || !module) throw new Error(`the compiler does not know ${entry}`)
  const { checker } = project
  const exported = checker.getExportsOfModule(module).map((symbol) => originOf(checker, symbol))
  expect(exported.map(({ name }) => name)).toContain(entry === 'shared/index.ts' ? 'encodeFrame' : 'connect')
  expect(exported.flatMap((symbol) => withoutDocstring(checker, symbol))).toEqual([])
})

function originOf(checker: Checker, symbol: Declared): Declared {
  return symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

/** The symbol and its members that say nothing, by file and name. */
function withoutDocstring(checker: Checker, symbol: Declared): string[] {
  const file = symbol.declarations[0]?.path.slice(root.length)
  if (file === undefined) throw new Error(`"${symbol.name}" is declared nowhere`)
  if (file.startsWith(GENERATED)) return []
  const isSilent = (each: Declared) => checker.getDocumentationCommentOfSymbol(each).trim() === ''
  const members = publicMembers(symbol).filter(({ name }) => !PLAIN.includes(name))
  return [
    ...(isSilent(symbol) ? [`${file}: ${symbol.name}`] : []),
    ...members.filter(isSilent).map(({ name }) => `${file}: ${symbol.name}.${name}`),
  ]
}

/** Of a class or an interface, without what only the class itself sees. */
function publicMembers(symbol: Declared): Declared[] {
  if (!(symbol.flags & (SymbolFlags.Class | SymbolFlags.Interface))) return []
  return [...symbol.getMembers().values()].filter(({ name }) => !name.includes('#'))
}
