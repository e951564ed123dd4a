import { ofBrowser } from './kept.ts'

/** How long after it was sent a message disappears; 0 for never. */
export const LIFETIMES = [
  { ms: 0, label: 'Off', short: '' },
  { ms: 60_000, label: '1 minute', short: '1m' },
  { ms: 3_600_000, label: '1 hour', short: '1h' },
  { ms: 86_400_000, label: '1 day', short: '1d' },
  { ms: 604_800_000, label: '1 week', short: '1w' },
] as const

/** This browser keeps it for each conversation. */
const key = (conversationId: string): string => `hawser.lifetime.${conversationId}`

export function lifetimeOf(conversationId: string): number {
  const kept = Number(ofBrowser.get(key(conversationId)))
  return LIFETIMES.some(({ ms }) => ms === kept) ? kept : 0
}

export function keepLifetime(conversationId: string, ms: number): void {
  ofBrowser.set(key(conversationId), ms === 0 ? undefined : String(ms))
}
