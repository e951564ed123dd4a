import { newAttachmentId } from './attachment-id.ts'
import type { ByteRange } from './byte-range.ts'
import type { AttachmentDetails } from './details.ts'
import type { FileStore } from './store.ts'

/** As in `<id>.json`; files of before lie under their id itself. */
interface Kept extends AttachmentDetails {
  /** The name that the file lies under. */
  readonly file?: string
}

/** Ids that are being published. There is one isolate for a folder, so that this is all there are. */
const publishing = new Set<string>()

/**
 * Files in a folder, by workerd's disk service, which puts a file in place when all of it has
 * come. Each upload has a file of its own; what it is, and which file it is, is written beside it
 * last and once: without that the file is not there, and a second upload of the id finds it taken.
 */
export class DiskStore implements FileStore {
  readonly #disk: Fetcher

  constructor(disk: Fetcher) {
    this.#disk = disk
  }

  async find(id: string): Promise<AttachmentDetails | undefined> {
    return this.#kept(id)
  }

  async read(id: string, range?: ByteRange): Promise<ReadableStream> {
    const headers = range ? { range: `bytes=${range.offset}-${range.offset + range.length - 1}` } : {}
    const { file = id } = (await this.#kept(id)) ?? {}
    const { body } = expectOk(await this.#disk.fetch(fileUrl(file), { headers }))
    if (!body) throw new Error(`the disk gave nothing of ${id}`)
    return body
  }

  async write(id: string, details: AttachmentDetails, body: ReadableStream): Promise<boolean> {
    if (await this.#kept(id)) return false
    const file = `${id}.${newAttachmentId()}`
    expectOk(await this.#disk.fetch(fileUrl(file), { method: 'PUT', body }))
    const isFirst = await this.#publish(id, { ...details, file })
    if (!isFirst) expectOk(await this.#disk.fetch(fileUrl(file), { method: 'DELETE' }))
    return isFirst
  }

  /** Says whether nobody was before. */
  async #publish(id: string, kept: Kept): Promise<boolean> {
    if (publishing.has(id)) return false
    publishing.add(id)
    try {
      if (await this.#kept(id)) return false
      expectOk(await this.#disk.fetch(detailsUrl(id), { method: 'PUT', body: JSON.stringify(kept) }))
      return true
    } finally {
      publishing.delete(id)
    }
  }

  async #kept(id: string): Promise<Kept | undefined> {
    const response = await this.#disk.fetch(detailsUrl(id))
    if (response.status !== 404) return expectOk(response).json<Kept>()
    await response.body?.cancel()
    return undefined
  }
}

function fileUrl(name: string): string {
  return `http://disk/${name}`
}

function detailsUrl(id: string): string {
  return `http://disk/${id}.json`
}

function expectOk(response: Response): Response {
  if (!response.ok) throw new Error(`the disk answered ${response.status} to ${response.url}`)
  return response
}
