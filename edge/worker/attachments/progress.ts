/** An upload that brings less than so many bytes in so long holds a place for nothing. */
const MIN_BYTES = 64 * 1024
export const STALL_SECONDS = 30

/** The same bytes. The stream breaks off where less than 64 KiB come in so many seconds and the body does not end; `hasStalled` then says so. */
export function withProgress(body: ReadableStream<Uint8Array>, seconds: number): { stream: ReadableStream; hasStalled: () => boolean } {
  let inTime = 0
  let stalled = false
  let timer: ReturnType<typeof setInterval> | null = null
  const watch = new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      timer = setInterval(() => {
        if (inTime < MIN_BYTES) {
          stalled = true
          clearInterval(timer)
          controller.error(new Error(`less than ${MIN_BYTES} bytes of the upload came in ${seconds} s`))
        }
        inTime = 0
      }, seconds * 1000)
    },
    transform(chunk, controller) {
      inTime += chunk.byteLength
      controller.enqueue(chunk)
    },
    flush: () => clearInterval(timer),
    cancel: () => clearInterval(timer),
  })
  return { stream: body.pipeThrough(watch), hasStalled: () => stalled }
}
