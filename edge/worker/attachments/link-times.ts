/** How long an upload may take to begin. */
export const UPLOAD_LINK_MS = 15 * 60_000
const DOWNLOAD_WINDOW_MS = 30 * 60_000

export interface LinkTime {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly until: number
}

/**
 * A link to download is good for half an hour at least and an hour at most. All that are made in
 * one half hour are the same, so that a browser which has the file does not fetch it again.
 */
export function downloadLinkTime(now: number): LinkTime {
  const from = now - (now % DOWNLOAD_WINDOW_MS)
  return { from, until: from + 2 * DOWNLOAD_WINDOW_MS }
}
