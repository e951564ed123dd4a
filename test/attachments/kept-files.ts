import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { R2Bucket } from '@cloudflare/workers-types'
import { createTestHarness } from 'wrangler'
import { buildWorker } from '../../edge/node/build.node.ts'
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from '../../edge/node/workerd-config.node.ts'
import { EdgeProcess } from '../edge/edge-process.ts'
import { type TokenSigner, tokenSigner } from '../support/tokens.ts'

/** An edge with a storage behind it, and a look into the storage. */
export interface KeptFiles {
  readonly url: string
  readonly tokens: TokenSigner
  /** The names of all that is kept. */
  list(): Promise<string[]>
  stop(): Promise<void>
}

/** `hawser edge` with a folder: workerd and its disk service. */
export async function onDisk(settings: Readonly<Record<string, string>>): Promise<KeptFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-attachments-'))
  const edge = await EdgeProcess.start({ attachmentsDir: folder, settings })
  return {
    url: edge.url,
    tokens: edge.tokens,
    list: async () => readdirSync(folder),
    async stop() {
      await edge.dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// wrangler would ask Cloudflare where this machine is.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'

/** The built Worker and an R2 bucket, as wrangler runs them on a developer's machine. */
export async function inR2(settings: Readonly<Record<string, string>>): Promise<KeptFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-attachments-'))
  await buildWorker(folder)
  mkdirSync(join(folder, 'page'))
  const tokens = tokenSigner()
  const harness = createTestHarness({
    root: folder,
    workers: [
      {
        config: {
          name: 'hawser-edge',
          main: join(folder, 'worker.js'),
          no_bundle: true,
          compatibility_date: COMPATIBILITY_DATE,
          compatibility_flags: [...COMPATIBILITY_FLAGS],
          durable_objects: {
            bindings: [
              { name: 'SHARD', class_name: 'BridgeShard' },
              { name: 'ATTACHMENT_BOOKS', class_name: 'AttachmentBook' },
            ],
          },
          migrations: [{ tag: 'v1', new_sqlite_classes: ['BridgeShard', 'AttachmentBook'] }],
          r2_buckets: [{ binding: 'ATTACHMENTS', bucket_name: 'attachments' }],
          assets: { binding: 'ASSETS', directory: join(folder, 'page'), run_worker_first: ['/attachments', '/attachments/*'] },
          vars: { TOKEN_PUBLIC_KEY: tokens.publicPem, ...settings },
        },
      },
    ],
  })
  const { url } = await harness.listen()
  const { ATTACHMENTS } = await harness.getWorker<{ ATTACHMENTS: R2Bucket }>().getEnv()
  return {
    url: url.origin,
    tokens,
    list: async () => (await ATTACHMENTS.list()).objects.map(({ key }) => key),
    async stop() {
      await harness.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
