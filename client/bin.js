#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module from 'node:module'

/** The server's sources run by Node's own type stripping, which older versions lack. */
const OLDEST = 24

if (Number.parseInt(process.versions.node, 10) < OLDEST) {
  console.error(
    `hawser: this is Node ${process.versions.node}; run it by npx or npm, which bring the right one, or with Node ${OLDEST} or newer`,
  )
  process.exitCode = 1
} else {
  // Half of the time to start goes into types and compiling.
  module.enableCompileCache()
  const source = new URL('./cli/main.ts', import.meta.url)
  await import(existsSync(source) ? source.href : new URL('../dist/client/cli/main.js', import.meta.url).href)
}
