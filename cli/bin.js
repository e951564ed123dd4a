#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

/** The server's sources run by Node's own type stripping, which older versions lack. */
const OLDEST = 24
const source = new URL('./main.ts', import.meta.url)

if (Number.parseInt(process.versions.node, 10) < OLDEST) {
  console.error(`hawser: it needs Node ${OLDEST} or newer, and this is Node ${process.versions.node}; ${whereToGetOne()}`)
  process.exitCode = 1
} else {
  // Half of the time to start goes into types and compiling.
  module.enableCompileCache()
  await import(existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href)
}

/** The repository has a Node among its development packages; an installed package comes without. */
function whereToGetOne() {
  if (existsSync(source)) {
    const brought = existsSync(new URL('../node_modules/node', import.meta.url))
    return `${brought ? '' : 'run `npm ci`, then '}run it by npx, which takes the Node of this folder`
  }
  const [project] = fileURLToPath(import.meta.url).split(/[\\/]node_modules[\\/]/)
  return process.cwd().startsWith(project) ? '`npm install node@26` here, and npx takes that one' : 'get one from https://nodejs.org'
}
