import { type ReadonlySignal, signal } from '@preact/signals'
import { type AttachmentContent, attachmentUrl, type TokenSource, uploadAttachment } from 'hawser'
import { EDGE_FOLDER } from './edge-folder.ts'
import { isPicture, measured } from './files.ts'
import { newId } from './new-id.ts'
import { now } from './server-date.ts'
import { inWords } from './words.ts'

/** A file on its way to the storage, before there is a message. */
export interface Upload {
  readonly id: string
  readonly conversationId: string
  readonly file: File
  readonly beganAt: number
  /** Of the file's bytes, 0 to 1. */
  readonly progress: number
  /** A link to the picture as it lies here. */
  readonly preview: string | undefined
  readonly failure?: string
}

/** A link is asked for anew this long before it ends. */
const RENEW_MS = 30_000

/** Files to the edge and from it, apart from the connection. */
export class Uploads {
  readonly #token: TokenSource
  readonly #onDone: (conversationId: string, attachment: AttachmentContent) => void
  readonly #list = signal<readonly Upload[]>([])
  readonly #aborts = new Map<string, AbortController>()
  readonly #links = new Map<string, Promise<{ url: string; expiresAt: number }>>()

  readonly list: ReadonlySignal<readonly Upload[]> = this.#list

  constructor(token: TokenSource, onDone: (conversationId: string, attachment: AttachmentContent) => void) {
    this.#token = token
    this.#onDone = onDone
  }

  add(conversationId: string, file: File): void {
    const preview = isPicture(file.type) ? URL.createObjectURL(file) : undefined
    const upload = { id: newId(), conversationId, file, beganAt: now(), progress: 0, preview }
    this.#list.value = [...this.#list.peek(), upload]
    void this.#run(upload)
  }

  retry(id: string): void {
    const failed = this.#list.peek().find((upload) => upload.id === id)
    if (!failed) return
    const { failure: _, ...again } = failed
    this.#put({ ...again, progress: 0 })
    void this.#run(again)
  }

  /** Ends it, or drops what has failed. */
  discard(id: string): void {
    this.#aborts.get(id)?.abort()
    this.#remove(id)
  }

  /** A link to the file of an attachment. */
  async linkTo(id: string): Promise<string> {
    const known = await this.#links.get(id)
    if (known && known.expiresAt - now() > RENEW_MS) return known.url
    const link = attachmentUrl({ edge: EDGE_FOLDER, token: this.#token, id })
    this.#links.set(id, link)
    link.catch(() => this.#links.delete(id))
    return (await link).url
  }

  async #run(upload: Upload): Promise<void> {
    const { id, conversationId, file } = upload
    const abort = new AbortController()
    this.#aborts.set(id, abort)
    try {
      const [size, attachment] = await Promise.all([
        measured(file),
        uploadAttachment({
          edge: EDGE_FOLDER,
          token: this.#token,
          file,
          name: file.name,
          type: file.type,
          signal: abort.signal,
          onProgress: (sent, total) => this.#put({ ...upload, progress: total > 0 ? sent / total : 1 }),
        }),
      ])
      this.#remove(id)
      this.#onDone(conversationId, { ...attachment, ...size })
    } catch (error) {
      if (!abort.signal.aborted) this.#put({ ...upload, failure: inWords(error) })
    } finally {
      this.#aborts.delete(id)
    }
  }

  #put(upload: Upload): void {
    this.#list.value = this.#list.peek().map((each) => (each.id === upload.id ? upload : each))
  }

  #remove(id: string): void {
    const upload = this.#list.peek().find((each) => each.id === id)
    if (upload?.preview) URL.revokeObjectURL(upload.preview)
    this.#list.value = this.#list.peek().filter((each) => each.id !== id)
  }
}
