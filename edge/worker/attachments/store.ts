import type { ByteRange } from './byte-range.ts'
import type { AttachmentDetails } from './details.ts'

/** A storage that only the Worker reaches: all files pass through it. */
export interface FileStore {
  find(id: string): Promise<AttachmentDetails | undefined>
  /** The file, or a part of it. Rejects if it is not there. */
  read(id: string, range?: ByteRange): Promise<ReadableStream>
  /** All of the body or nothing. False if there is a file of that id, which then stays as it is. */
  write(id: string, details: AttachmentDetails, body: ReadableStream): Promise<boolean>
}

/** Signs what lets somebody without a token at one file, for a while. Times are milliseconds since 1970. */
export interface AttachmentLinks {
  /** `user` announces it. */
  upload(id: string, details: AttachmentDetails, user: string): Promise<UploadLink>
  download(id: string): Promise<Link>
}

export interface Link {
  /** Where it has no host it is relative to the folder that the edge's doors lie in, whose path only the client knows. */
  readonly url: string
  readonly expiresAt: number
}

export interface UploadLink extends Link {
  /** The request has these, and besides nothing but what the link says; its body is as long as `size`. */
  readonly headers: Readonly<Record<string, string>>
}
