import type { Env } from '../../env/env.ts'
import { Refusal } from '../../env/refusal.ts'
import { DiskStore } from './disk-store.ts'
import { R2Store } from './r2-store.ts'
import { S3Links } from './s3-links.ts'
import type { FileStore } from './store.ts'
import { WorkerLinks } from './worker-links.ts'

/** Where attachments are: behind the Worker, or where clients go by themselves. */
export type AttachmentStorage =
  | { readonly kind: 'behind'; readonly files: FileStore; readonly links: WorkerLinks }
  | { readonly kind: 'beside'; readonly links: S3Links }

/** The storage that the Worker is bound to. Throws Refusal if there is none, or more than one. */
export function storageOf(env: Env): AttachmentStorage {
  const storages: (() => AttachmentStorage)[] = []
  const { ATTACHMENTS, ATTACHMENT_FILES } = env
  if (ATTACHMENTS) storages.push(() => behind(new R2Store(ATTACHMENTS), env))
  if (ATTACHMENT_FILES) storages.push(() => behind(new DiskStore(ATTACHMENT_FILES), env))
  if (env.S3_BUCKET_URL) storages.push(() => ({ kind: 'beside', links: s3Links(env) }))
  const [storage, second] = storages
  if (!storage) throw notConfigured('This edge takes no attachments: bind ATTACHMENTS to an R2 bucket, or set S3_BUCKET_URL.')
  if (second) throw notConfigured('Attachments have more than one storage: a bucket bound as ATTACHMENTS, a folder or S3_BUCKET_URL.')
  return storage()
}

function behind(files: FileStore, { ATTACHMENT_SECRET }: Env): AttachmentStorage {
  if (!ATTACHMENT_SECRET) throw notConfigured('Set ATTACHMENT_SECRET, which signs the links to attachments.')
  return { kind: 'behind', files, links: new WorkerLinks(ATTACHMENT_SECRET) }
}

function s3Links({ S3_BUCKET_URL = '', S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }: Env): S3Links {
  if (!/^https?:$/.test(URL.parse(S3_BUCKET_URL)?.protocol ?? '')) {
    throw notConfigured(`S3_BUCKET_URL is ${JSON.stringify(S3_BUCKET_URL)}; it is the https:// address of a bucket.`)
  }
  if (!S3_ACCESS_KEY_ID || !S3_SECRET_ACCESS_KEY) throw notConfigured('Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.')
  return new S3Links(S3_BUCKET_URL, {
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
    region: S3_REGION || 'auto',
    service: 's3',
  })
}

function notConfigured(message: string): Refusal {
  return new Refusal(503, 'not_configured', message)
}
