import { type AwsCredentials, presignedUrl } from './aws-signature.ts'
import { contentDisposition } from './content-disposition.ts'
import type { AttachmentDetails } from './details.ts'
import { FILE_CACHE_CONTROL } from './file-response.ts'
import { downloadLinkTime, UPLOAD_LINK_MS } from './link-times.ts'
import type { AttachmentLinks, Link, UploadLink } from './store.ts'

/** Links to an S3-compatible storage: files go between it and clients, and never through the Worker. */
export class S3Links implements AttachmentLinks {
  readonly #bucket: string
  readonly #credentials: AwsCredentials

  /** `bucketUrl` names the bucket by its host or its path, as the storage has it. */
  constructor(bucketUrl: string, credentials: AwsCredentials) {
    this.#bucket = bucketUrl.replace(/\/*$/, '')
    this.#credentials = credentials
  }

  async upload(id: string, details: AttachmentDetails): Promise<UploadLink> {
    const now = Date.now()
    // Kept by the storage, and said by it to whoever downloads. Only the first upload of an id passes (A2).
    const headers = {
      'cache-control': FILE_CACHE_CONTROL,
      'content-disposition': contentDisposition(details),
      'content-type': details.type,
      'if-none-match': '*',
    }
    const signed = { ...headers, 'content-length': String(details.size) }
    const url = await this.#presign('PUT', id, signed, now, UPLOAD_LINK_MS)
    return { url, headers, expiresAt: now + UPLOAD_LINK_MS }
  }

  async download(id: string): Promise<Link> {
    const { from, until } = downloadLinkTime(Date.now())
    return { url: await this.#presign('GET', id, {}, from, until - from), expiresAt: until }
  }

  #presign(method: string, id: string, headers: Record<string, string>, from: number, lifetimeMs: number): Promise<string> {
    return presignedUrl({ method, url: new URL(`${this.#bucket}/${id}`), headers }, this.#credentials, from, lifetimeMs / 1000)
  }
}
