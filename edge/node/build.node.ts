import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { headersFile } from '../env/safe-headers.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds all that the edge is made of into `outdir`: the folders `page`, `worker` and `assets`. */
export async function buildEdge(outdir: string): Promise<void> {
  await buildPage(`${outdir}/page`)
  await Promise.all([buildWorker(`${outdir}/worker`), buildAssets(`${outdir}/assets`)])
}

/** The Worker, by wrangler: what runs here is to the byte what `wrangler deploy` uploads. */
export async function buildWorker(outdir: string): Promise<void> {
  // wrangler wants the folder of the page to be there.
  await mkdir(`${root}/dist/edge/page`, { recursive: true })
  try {
    await run(process.execPath, [`${root}/node_modules/wrangler/bin/wrangler.js`, 'deploy', '--dry-run', '--outdir', outdir], {
      cwd: root,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
    })
  } catch (cause) {
    const { stdout, stderr } = cause as { stdout: string; stderr: string }
    throw new Error(`wrangler could not build the Worker:\n${stdout}${stderr}`, { cause })
  }
}

/** What stands behind the ASSETS binding outside Cloudflare. */
export async function buildAssets(outdir: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['edge/worker/assets.ts'],
    outdir,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    logLevel: 'warning',
  })
}

/** The web page. */
async function buildPage(outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true })
  if (existsSync(`${root}/edge/page/public`)) await cp(`${root}/edge/page/public`, outdir, { recursive: true })
  await mkdir(outdir, { recursive: true })
  await writeFile(`${outdir}/_headers`, headersFile())
  if (!existsSync(`${root}/edge/page/main.tsx`)) return
  await build({
    absWorkingDir: root,
    entryPoints: ['edge/page/main.tsx'],
    outdir,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    // What is loaded later has its hash in its name, so that browsers keep it.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: 'external',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    alias: { hawser: `${root}/client/index.ts` },
    logLevel: 'warning',
  })
  const gzipped = gzipSync(await readFile(`${outdir}/main.js`)).length
  console.log(`edge: the page's script is ${(gzipped / 1024).toFixed(1)} KiB gzipped`)
}

if (import.meta.main) await buildEdge(`${root}/dist/edge`)
