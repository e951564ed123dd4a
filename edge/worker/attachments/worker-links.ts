import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { MIN_SECRET_BYTES } from '../../../shared/token.ts'
import { Refusal } from '../../env/refusal.ts'
import type { AttachmentDetails } from './details.ts'
import { downloadLinkTime, UPLOAD_LINK_MS } from './link-times.ts'
import type { AttachmentLinks, Link, UploadLink } from './store.ts'

/** What a link is good for, as the audience of its signature: none stands for another, nor for a user's token. */
type Use = 'hawser-attachment-upload' | 'hawser-attachment-download'

const ALGORITHM = 'HS256'
const utf8 = new TextEncoder()

/** Links to the Worker itself. Each carries a JWT for one use of one file. */
export class WorkerLinks implements AttachmentLinks {
  readonly #secret: Uint8Array

  /** Throws Refusal where the secret is too short. */
  constructor(secret: string) {
    this.#secret = utf8.encode(secret)
    if (this.#secret.length < MIN_SECRET_BYTES) {
      throw new Refusal(
        503,
        'not_configured',
        `ATTACHMENT_SECRET has at least ${MIN_SECRET_BYTES} bytes; this one has ${this.#secret.length}.`,
      )
    }
  }

  async upload(id: string, details: AttachmentDetails, user: string): Promise<UploadLink> {
    const expiresAt = Date.now() + UPLOAD_LINK_MS
    const grant = await this.#sign('hawser-attachment-upload', id, expiresAt, { ...details, user })
    return { url: `attachments/${id}/content?grant=${grant}`, headers: { 'content-type': details.type }, expiresAt }
  }

  async download(id: string): Promise<Link> {
    const expiresAt = downloadLinkTime(Date.now()).until
    const grant = await this.#sign('hawser-attachment-download', id, expiresAt, {})
    return { url: `attachments/${id}?grant=${grant}`, expiresAt }
  }

  /** What may be uploaded by a link, and who announced it. Throws Refusal. */
  async checkUpload(id: string, grant: string | undefined): Promise<AttachmentDetails & { readonly user: string }> {
    // A link of an edge that kept no books names nobody.
    const { name, size, type, user = '' } = await this.#verify('hawser-attachment-upload', id, grant)
    return { name, size, type, user } as AttachmentDetails & { readonly user: string }
  }

  /** Throws Refusal. */
  async checkDownload(id: string, grant: string): Promise<void> {
    await this.#verify('hawser-attachment-download', id, grant)
  }

  #sign(use: Use, id: string, expiresAt: number, claims: JWTPayload): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM })
      .setAudience(use)
      .setSubject(id)
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(this.#secret)
  }

  async #verify(use: Use, id: string, grant = ''): Promise<JWTPayload> {
    try {
      const rules = { algorithms: [ALGORITHM], audience: use, subject: id, requiredClaims: ['exp'] }
      return (await jwtVerify(grant, this.#secret, rules)).payload
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw new Refusal(403, 'link_expired', 'The link has expired; ask for another.', { cause })
      throw new Refusal(403, 'link_invalid', 'The link is not signed for this.', { cause })
    }
  }
}
