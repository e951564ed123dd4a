import { registerHooks } from 'node:module'

/**
 * What the Workers runtime gives the edge's modules besides a shard's own surroundings
 * (simulated-edge.ts). To be imported before any of those modules.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== 'cloudflare:workers') return nextResolve(specifier, context)
    return { url: import.meta.url, shortCircuit: true }
  },
})

/** The class of `cloudflare:workers`. */
export class DurableObject {
  readonly ctx: unknown
  readonly env: unknown

  constructor(ctx: unknown, env: unknown) {
    this.ctx = ctx
    this.env = env
  }
}

/** Node's Response takes no 101. */
class UpgradeResponse {
  readonly status: number
  readonly body: unknown

  constructor(body: unknown, { status = 200 }: { status?: number }) {
    this.body = body
    this.status = status
  }

  static json(body: unknown, init: { status?: number }): UpgradeResponse {
    return new UpgradeResponse(body, init)
  }
}

class WebSocketRequestResponsePair {}

Object.assign(globalThis, { Response: UpgradeResponse, WebSocketRequestResponsePair })
