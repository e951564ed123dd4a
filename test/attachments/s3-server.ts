import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

interface StoredObject {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

const KEPT_HEADERS = ['cache-control', 'content-disposition', 'content-type']

/** As much of S3 as presigned requests use: it checks signature, time, length and condition by itself, and keeps what was put. */
export class S3Server {
  readonly accessKeyId = 'AKIDTEST'
  readonly secretAccessKey = 'a secret/of+the storage'
  readonly region = 'eu-test-1'
  readonly objects = new Map<string, StoredObject>()
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(): Promise<S3Server> {
    const server = new S3Server()
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get bucketUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/bucket`
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const body = await buffer(request)
    const fault = this.#fault(request, path, query)
    const object = this.objects.get(path)
    if (fault) response.writeHead(403, { 'content-type': 'application/xml' }).end(`<Error><Code>${fault}</Code></Error>`)
    else if (request.method === 'PUT') {
      if (object && request.headers['if-none-match'] === '*') return void response.writeHead(412).end()
      const headers = Object.fromEntries(KEPT_HEADERS.map((name) => [name, String(request.headers[name])]))
      this.objects.set(path, { body, headers })
      response.writeHead(200).end()
    } else if (object) response.writeHead(200, object.headers).end(object.body)
    else response.writeHead(404).end()
  }

  /** S3's code for what is wrong with the request's signature, worked out from the specification. */
  #fault(request: IncomingMessage, path: string, query: string): string | undefined {
    const parameters = new URLSearchParams(query)
    const [date = '', expires = ''] = ['X-Amz-Date', 'X-Amz-Expires'].map((name) => parameters.get(name) ?? '')
    const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
    if (!(Date.now() >= at && Date.now() < at + Number(expires) * 1000)) return 'AccessDenied'
    const scope = `${date.slice(0, 8)}/${this.region}/s3/aws4_request`
    if (parameters.get('X-Amz-Credential') !== `${this.accessKeyId}/${scope}`) return 'InvalidAccessKeyId'
    const names = (parameters.get('X-Amz-SignedHeaders') ?? '').split(';')
    if (!names.includes('host')) return 'AccessDenied'
    const canonical = [
      request.method,
      path,
      query
        .split('&')
        .filter((part) => !part.startsWith('X-Amz-Signature='))
        .sort()
        .join('&'),
      ...names.map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}`),
      '',
      names.join(';'),
      'UNSIGNED-PAYLOAD',
    ].join('\n')
    const key = [date.slice(0, 8), this.region, 's3', 'aws4_request'].reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${this.secretAccessKey}`,
    )
    const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
    const signature = createHmac('sha256', key).update(toSign).digest('hex')
    return parameters.get('X-Amz-Signature') === signature ? undefined : 'SignatureDoesNotMatch'
  }
}
