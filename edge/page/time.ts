import { now } from './server-date.ts'

/** In the browser's language; without what it takes, as every browser can say it. */
function formatter(options: Intl.DateTimeFormatOptions): { format(at: number): string } {
  try {
    return new Intl.DateTimeFormat(undefined, options)
  } catch {
    return { format: (at) => new Date(at).toString().slice(0, 21) }
  }
}

const hourMinute = formatter({ hour: '2-digit', minute: '2-digit' })
const weekday = formatter({ weekday: 'long' })
const shortDate = formatter({ day: 'numeric', month: 'short' })
const longDate = formatter({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })

const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0)
/** Days between two midnights; rounded, because a day of a clock change has 23 or 25 hours. */
const daysAgo = (at: number): number => Math.round((dayOf(now()) - dayOf(at)) / 86_400_000)

export const sameDay = (a: number, b: number): boolean => dayOf(a) === dayOf(b)
export const clockTime = (at: number): string => hourMinute.format(at)

/** For the list: 12:03 today, then Yesterday, the weekday, the date. */
export function shortTime(at: number): string {
  const days = daysAgo(at)
  if (days <= 0) return hourMinute.format(at)
  if (days === 1) return 'Yesterday'
  return days < 7 ? weekday.format(at) : shortDate.format(at)
}

/** For the separators between days. */
export function dayName(at: number): string {
  const days = daysAgo(at)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return longDate.format(at)
}

/** For those who are away. */
export function lastSeen(at: number): string {
  const minutes = Math.floor((now() - at) / 60_000)
  if (minutes < 1) return 'Last seen just now'
  if (minutes < 60) return `Last seen ${minutes} min ago`
  const days = daysAgo(at)
  if (days === 0) return `Last seen at ${hourMinute.format(at)}`
  return days === 1 ? `Last seen yesterday at ${hourMinute.format(at)}` : `Last seen ${shortDate.format(at)}`
}

/** For a time to come, or gone by on another day. */
export function dayAndTime(at: number): string {
  return sameDay(at, now()) ? hourMinute.format(at) : `${shortDate.format(at)}, ${hourMinute.format(at)}`
}

/** As a field for date and time wants it: local, without a zone. */
export function localInput(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
