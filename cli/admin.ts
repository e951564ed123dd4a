import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './exit.ts'
import type { FlagValues } from './flags.ts'

/** The flags of every command that asks a running core. */
export const ADMIN_FLAGS = {
  admin: { value: 'URL', help: "The core's admin door", variable: 'HAWSER_ADMIN', default: 'http://127.0.0.1:7402' },
  'admin-key': { value: 'KEY', help: 'Its key, instead of admin.key in the data folder', variable: 'HAWSER_ADMIN_KEY' },
  data: { value: 'DIR', help: "The core's data folder", variable: 'HAWSER_DATA', default: './data' },
} as const
export type AdminValues = FlagValues<typeof ADMIN_FLAGS>

/** Asks the admin door and gives its JSON. Throws Failure with what it said, or why it could not be asked. */
export async function adminRequest<T>(values: AdminValues, path: string, init: { method?: string; body?: unknown } = {}): Promise<T> {
  const headers = { authorization: `Bearer ${adminKey(values)}`, 'content-type': 'application/json' }
  const body = init.body === undefined ? null : JSON.stringify(init.body)
  const response = await fetch(new URL(path, values.admin), { method: init.method ?? 'GET', headers, body }).catch((cause: Error) => {
    throw new Failure(`no core answers at ${values.admin}: ${((cause.cause as Error | undefined) ?? cause).message}`, { cause })
  })
  const answer = (await response.json().catch(() => undefined)) as (T & { error?: string }) | undefined
  if (!response.ok || answer === undefined) throw new Failure(answer?.error ?? `${values.admin} answered with ${response.status}`)
  return answer
}

function adminKey(values: AdminValues): string {
  if (values['admin-key']) return values['admin-key']
  const path = join(values.data, 'admin.key')
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new Failure(`no admin key: pass --admin-key, or run this where ${path} can be read`, { cause })
  }
}
