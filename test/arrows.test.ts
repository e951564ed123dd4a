import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname

/** What each part may import besides itself and packages. */
const ALLOWED: Record<string, readonly string[]> = {
  shared: [],
  'tcp-core': ['shared'],
  edge: ['shared', 'package.json'],
  client: ['shared', 'package.json'],
  cli: ['client', 'edge', 'shared', 'tcp-core', 'package.json'],
}

const imports = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string)

const sources = (part: string) => globSync(`${part}/**/*.{ts,tsx}`, { cwd: root })

test.each(Object.entries(ALLOWED))('%s imports only what lies below it', (part, allowed) => {
  const wrong = sources(part).flatMap((file) =>
    imports(file)
      .filter((target) => target.startsWith('.'))
      .map((target) => relative(root, join(root, dirname(file), target)).split('/')[0] as string)
      .filter((target) => target !== part && !allowed.includes(target))
      .map((target) => `${file} -> ${target}`),
  )
  expect(wrong).toEqual([])
})

test('shared imports nothing of Node or Workers', () => {
  const wrong = sources('shared').flatMap((file) => imports(file).filter((target) => /^(node:|cloudflare:|ws$)/.test(target)))
  expect(wrong).toEqual([])
})

/** Inside the core a file imports only what stands further down in this list, or beside it. */
const LAYERS = [
  ['tcp-core/main.ts', 'tcp-core/index.ts'],
  ['tcp-core/server.ts'],
  ['tcp-core/listeners/', 'tcp-core/uplink/', 'tcp-core/admin/'],
  ['tcp-core/sessions/connection.ts'],
  ['tcp-core/handlers/'],
  ['tcp-core/login/establish-session.ts'],
  ['tcp-core/'],
]

test('inside the core the arrows run one way', () => {
  const layerOf = (file: string) => LAYERS.findIndex((prefixes) => prefixes.some((prefix) => file.startsWith(prefix)))
  const valueImports = (file: string) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^import (?!type )[^']*'(\.[^']+)'/gm)].map((match) => match[1] as string)
  const wrong = sources('tcp-core').flatMap((file) =>
    valueImports(file)
      .map((target) => relative(root, join(root, dirname(file), target)))
      .filter((target) => target.startsWith('tcp-core/') && layerOf(target) < layerOf(file))
      .map((target) => `${file} -> ${target}`),
  )
  expect(wrong).toEqual([])
})
