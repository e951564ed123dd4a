import type { ByteRange } from './byte-range.ts'
import type { AttachmentDetails } from './details.ts'
import type { FileStore } from './store.ts'

/**
 * Files in a folder, by workerd's disk service, which puts a file in place when all of it has
 * come. Beside each is what it is, written last: without that the file is not there.
 */
export class DiskStore implements FileStore {
  readonly #disk: Fetcher

  constructor(disk: Fetcher) {
    this.#disk = disk
  }

  async find(id: string): Promise<AttachmentDetails | undefined> {
    const response = await this.#disk.fetch(detailsUrl(id))
    if (response.status !== 404) return expectOk(response).json<AttachmentDetails>()
    await response.body?.cancel()
    return undefined
  }

  async read(id: string, range?: ByteRange): Promise<ReadableStream> {
    const headers = range ? { range: `bytes=${range.offset}-${range.offset + range.length - 1}` } : {}
    const { body } = expectOk(await this.#disk.fetch(fileUrl(id), { headers }))
    if (!body) throw new Error(`the disk gave nothing of ${id}`)
    return body
  }

  async write(id: string, details: AttachmentDetails, body: ReadableStream): Promise<boolean> {
    if (await this.find(id)) return false
    expectOk(await this.#disk.fetch(fileUrl(id), { method: 'PUT', body }))
    expectOk(await this.#disk.fetch(detailsUrl(id), { method: 'PUT', body: JSON.stringify(details) }))
    return true
  }
}

function fileUrl(id: string): string {
  return `http://disk/${id}`
}

function detailsUrl(id: string): string {
  return `http://disk/${id}.json`
}

function expectOk(response: Response): Response {
  if (!response.ok) throw new Error(`the disk answered ${response.status} to ${response.url}`)
  return response
}
