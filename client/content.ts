/** Text, or bytes of any content type. A content type has at most 128 bytes; '' stands for `text/plain`. Text is sent as UTF-8. */
export type Content = string | { readonly contentType: string; readonly content: Uint8Array }

/** What a message, a room message or a broadcast holds. */
export interface ReceivedContent {
  /** The media type that the sender gave; `text/plain` where it gave none. */
  readonly contentType: string
  /** The bytes as they were sent. A message that was recalled or has disappeared has none. */
  readonly content: Uint8Array
  /** The content as text where its type begins with `text/`, else ''. */
  readonly text: string
}

/** The content type of text, and what an empty one stands for (S1). */
const TEXT_PLAIN = 'text/plain'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function encodedContent(content: Content): { contentType: string; content: Uint8Array } {
  if (typeof content === 'string') return { contentType: TEXT_PLAIN, content: encoder.encode(content) }
  return { contentType: content.contentType, content: content.content }
}

/** `content` is copied: it is a view into a received chunk, which one small message would keep alive. */
export function receivedContent(of: { contentType: string; content: Uint8Array }): ReceivedContent {
  const contentType = of.contentType || TEXT_PLAIN
  return {
    contentType,
    content: of.content.slice(),
    text: contentType.startsWith('text/') ? decoder.decode(of.content) : '',
  }
}
