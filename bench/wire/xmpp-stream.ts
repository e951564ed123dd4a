import { BytePipe } from './byte-pipe.ts'

export const SPACE = 0x20
export const SLASH = 0x2f
export const GREATER = 0x3e
const LESS = 0x3c
const QUESTION_MARK = 0x3f
const STREAM = '<stream:stream'
const REFUSAL = /^<failure|^<stream:error|^<(iq|presence)[^>]* type='error'/

/** Where the element that begins at `start` ends, or -1 if it has not all come. */
function elementEnd(bytes: Buffer, start: number, end: number): number {
  const headEnd = bytes.indexOf(GREATER, start)
  if (headEnd < 0 || headEnd >= end) return -1
  if (bytes[headEnd - 1] === SLASH) return headEnd + 1
  let nameEnd = start + 1
  while (nameEnd < headEnd && (bytes[nameEnd] as number) > SPACE) nameEnd++
  const closing = `</${bytes.toString('latin1', start + 1, nameEnd)}>`
  const at = bytes.indexOf(closing, headEnd, 'latin1')
  return at < 0 || at + closing.length > end ? -1 : at + closing.length
}

type Element = (bytes: Buffer, start: number, end: number) => void

/** A stream's elements, one after the other. */
export class XmppStream {
  readonly #pipe: BytePipe
  /** What is waited for: an element that has the text in it. */
  #waiting: { text: string; resolve: () => void } | undefined

  private constructor(pipe: BytePipe) {
    this.#pipe = pipe
  }

  /** `element` is called for every element, answers to questions among them. */
  static async connect(address: string, element: Element): Promise<XmppStream> {
    let stream: XmppStream | undefined
    const pipe = await BytePipe.open(address, (bytes, start, end) => {
      let at = start
      while (at < end) {
        if (bytes[at] !== LESS) throw new Error(`not XML: ${bytes.toString('latin1', at, Math.min(end, at + 80))}`)
        const header = bytes[at + 1] === QUESTION_MARK || bytes.toString('latin1', at, at + STREAM.length) === STREAM
        const next = header ? bytes.indexOf(GREATER, at) + 1 : elementEnd(bytes, at, end)
        if (next <= 0 || next > end) return at
        if (!header) {
          element(bytes, at, next)
          stream?.answered(bytes, at, next)
        }
        at = next
      }
      return at
    })
    stream = new XmppStream(pipe)
    return stream
  }

  /** Says something and waits for an element that has `text` in it. */
  ask(question: string, text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting = { text, resolve }
    this.write(question)
    return promise
  }

  write(xml: string): void {
    this.#pipe.write(Buffer.from(xml, 'latin1'))
  }

  writeBytes(bytes: Uint8Array): void {
    this.#pipe.write(bytes)
  }

  close(): void {
    this.#pipe.close()
  }

  private answered(bytes: Buffer, start: number, end: number): void {
    if (!this.#waiting) return
    const element = bytes.toString('latin1', start, end)
    if (REFUSAL.test(element)) throw new Error(`the server refuses: ${element}`)
    if (!element.includes(this.#waiting.text)) return
    const { resolve } = this.#waiting
    this.#waiting = undefined
    resolve()
  }
}
