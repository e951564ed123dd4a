import type { Settings } from './env.ts'
import { Refusal } from './refusal.ts'

/** A setting that is a whole number from 1. Throws Refusal where it is anything else. */
export function limitSetting(env: Settings, name: keyof Settings, fallback: number): number {
  const limit = Number(env[name] || fallback)
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new Refusal(503, 'not_configured', `${name} is "${env[name]}"; it is a whole number from 1.`)
  }
  return limit
}
