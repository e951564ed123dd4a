/** Of the event loop for each session that gets a frame: to admit it, and its part of a write to the socket. */
const SESSION_MICROSECONDS = 4
/** What a socket takes in of a long frame meanwhile. */
const BYTES_A_MICROSECOND = 500

/** Estimates the milliseconds of the event loop that one frame for so many sessions takes. */
export function deliveryMs(sessions: number, bytes: number): number {
  return (sessions * (SESSION_MICROSECONDS + bytes / BYTES_A_MICROSECOND)) / 1000
}
