/** By which the page shows what is over, and says when something shall be: the server's date once it is known, this device's before. */
let read: () => number = Date.now

export const now = (): number => read()

/** Whoever signs in brings the server's date. */
export function goBy(date: () => number): void {
  read = date
}
