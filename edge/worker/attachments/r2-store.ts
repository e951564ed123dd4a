import type { ByteRange } from './byte-range.ts'
import { contentDisposition } from './content-disposition.ts'
import type { AttachmentDetails } from './details.ts'
import type { FileStore } from './store.ts'

/** Files in an R2 bucket. They keep their type and name also for who reads the bucket by other ways. */
export class R2Store implements FileStore {
  readonly #bucket: R2Bucket

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket
  }

  async find(id: string): Promise<AttachmentDetails | undefined> {
    const object = await this.#bucket.head(id)
    if (!object) return undefined
    const name = decodeURIComponent(object.customMetadata?.name ?? id)
    return { name, size: object.size, type: object.httpMetadata?.contentType ?? 'application/octet-stream' }
  }

  async read(id: string, range?: ByteRange): Promise<ReadableStream> {
    const object = await this.#bucket.get(id, range ? { range: { ...range } } : {})
    if (!object) throw new Error(`the bucket has no object ${id}`)
    return object.body
  }

  async write(id: string, details: AttachmentDetails, body: ReadableStream): Promise<boolean> {
    const object = await this.#bucket.put(id, body, {
      onlyIf: { etagDoesNotMatch: '*' },
      httpMetadata: { contentType: details.type, contentDisposition: contentDisposition(details) },
      customMetadata: { name: encodeURIComponent(details.name) },
    })
    return object !== null
  }
}
