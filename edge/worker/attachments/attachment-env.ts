import type { Env } from '../../env/env.ts'
import type { AttachmentBook } from './book.ts'

/** What the Worker is bound to where it takes attachments. */
export interface AttachmentEnv extends Env {
  /** The books of what was uploaded. */
  readonly ATTACHMENT_BOOKS?: DurableObjectNamespace<AttachmentBook>
}
