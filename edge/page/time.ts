const hourMinute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' })
const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const longDate = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })

const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0)
/** Days between two midnights; rounded, because a day of a clock change has 23 or 25 hours. */
const daysAgo = (at: number): number => Math.round((dayOf(Date.now()) - dayOf(at)) / 86_400_000)

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
