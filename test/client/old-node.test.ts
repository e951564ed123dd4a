import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { TemporaryFolder } from './program.ts'

const bin = new URL('../../cli/bin.js', import.meta.url).pathname
/** As if that Node ran it. */
const OLD = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`

test.each([
  [
    'in the repository',
    'repo',
    ['cli/main.ts', 'node_modules/node/package.json'],
    'repo',
    'run it by npx, which takes the Node of this folder',
  ],
  ['in a clone that is new', 'repo', ['cli/main.ts'], 'repo', 'run `npm ci`, then run it by npx, which takes the Node of this folder'],
  ['as a dependency', 'app/node_modules/hawser', [], 'app', '`npm install node@26` here, and npx takes that one'],
  ['as a dependency, from a folder below', 'app/node_modules/hawser', [], 'app/src', '`npm install node@26` here, and npx takes that one'],
  ['installed for everybody', 'lib/node_modules/hawser', [], 'app', 'get one from https://nodejs.org'],
  ["from npx's cache", 'home/.npm/_npx/0a1b/node_modules/hawser', [], 'app', 'get one from https://nodejs.org'],
])('an old Node %s is told of in one line that helps there', async (_, place, others, cwd, advice) => {
  using folder = new TemporaryFolder()
  const copy = join(folder.path, place, 'cli/bin.js')
  for (const file of ['cli/package.json', ...others]) {
    mkdirSync(dirname(join(folder.path, place, file)), { recursive: true })
    writeFileSync(join(folder.path, place, file), file.endsWith('.json') ? '{"type": "module"}' : '')
  }
  copyFileSync(bin, copy)
  mkdirSync(join(folder.path, cwd), { recursive: true })
  const { promise, resolve } = Promise.withResolvers<[number | undefined, string]>()
  const options = { cwd: join(folder.path, cwd) }
  execFile(process.execPath, ['--import', OLD, copy, 'start'], options, (error, _stdout, stderr) =>
    resolve([error?.code as number | undefined, stderr]),
  )
  expect(await promise).toEqual([1, `hawser: it needs Node 24 or newer, and this is Node 20.20.2; ${advice}\n`])
})
