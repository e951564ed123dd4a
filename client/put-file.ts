/** One request with a file as its body, and where the runtime can tell, how much of it has left. */
export interface PutFile {
  readonly url: URL
  readonly uploadMethod: string
  readonly headers: Readonly<Record<string, string>>
  readonly file: Blob | Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((sent: number, total: number) => void) | undefined
}

export interface PutAnswer {
  readonly status: number
  readonly body: string
}

/** Rejects with TypeError where the network failed, and with the signal's reason. */
export function putFile(request: PutFile): Promise<PutAnswer> {
  const { XMLHttpRequest } = globalThis as { XMLHttpRequest?: new () => ProgressRequest }
  return XMLHttpRequest ? putWithProgress(request, new XMLHttpRequest()) : putByFetch(request)
}

async function putByFetch({ url, uploadMethod, headers, file, signal, onProgress }: PutFile): Promise<PutAnswer> {
  const response = await fetch(url, { method: uploadMethod, headers, body: file, signal: signal ?? null })
  const body = await response.text()
  const size = file instanceof Uint8Array ? file.byteLength : file.size
  if (response.ok) onProgress?.(size, size)
  return { status: response.status, body }
}

/** fetch cannot tell how much it has sent. */
function putWithProgress({ url, uploadMethod, headers, file, signal, onProgress }: PutFile, request: ProgressRequest): Promise<PutAnswer> {
  return new Promise((resolve, reject) => {
    const abort = (): void => request.abort()
    request.open(uploadMethod, url.href)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(loaded, total)
    request.onload = () => resolve({ status: request.status, body: request.responseText })
    request.onerror = () => reject(new TypeError(`The upload to ${url.host} failed.`))
    request.onabort = () => reject(signal?.reason)
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) reject(signal.reason)
    else request.send(file)
  })
}

/** As much of a browser's XMLHttpRequest as is used here: Node has none, nor its types. */
interface ProgressRequest {
  readonly status: number
  readonly responseText: string
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null }
  onload: (() => void) | null
  onerror: (() => void) | null
  onabort: (() => void) | null
  onloadend: (() => void) | null
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  send(body: Blob | Uint8Array): void
  abort(): void
}
