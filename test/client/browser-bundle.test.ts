import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

test('the browser entry needs nothing of Node and stays small', async () => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['client/index.ts'],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const bundle = outputFiles[0]?.contents ?? new Uint8Array()
  const gzipped = gzipSync(bundle).length
  console.log(`client/index.ts: ${bundle.length} bytes minified, ${gzipped} gzipped`)
  const foreign = Object.keys(metafile.inputs).filter((path) => !/^(client|shared)\//.test(path))
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path))
  expect(foreign).toEqual([])
  expect(imports.filter((path) => path.startsWith('node:'))).toEqual([])
  expect(gzipped).toBeLessThan(30_000)
})
